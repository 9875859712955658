/**
 * What exceptions of Organizations say, as recorded from it (issue threads and other implementations' recordings);
 * those at the end after the words of its API reference.
 */
export const organizationsTexts: Readonly<Record<string, string>> = {
  AccountNotFoundException: "You specified an account that doesn't exist.",
  ChildNotFoundException: "You specified a child that doesn't exist.",
  DuplicateOrganizationalUnitException: 'An OU with the same name already exists.',
  DuplicatePolicyException: 'A policy with the same name already exists.',
  OrganizationalUnitNotFoundException: "You specified an organizational unit that doesn't exist.",
  ParentNotFoundException: "You specified a parent that doesn't exist.",
  PolicyNotFoundException: "You specified a policy that doesn't exist.",
  PolicyTypeAlreadyEnabledException: 'The specified policy type is already enabled.',
  PolicyTypeNotEnabledException: 'This operation can be performed only for enabled policy types.',
  RootNotFoundException: "You specified a root that doesn't exist.",
  TargetNotFoundException: "You specified a target that doesn't exist.",

  AccountAlreadyClosedException: 'You attempted to close an account that is already closed.',
  CreateAccountStatusNotFoundException: "You specified a create account request that doesn't exist.",
  DestinationParentNotFoundException: "You specified a destination parent that doesn't exist.",
  DuplicateAccountException: 'The account is already present in the specified destination.',
  DuplicatePolicyAttachmentException: 'The specified policy is already attached to the specified target.',
  EffectivePolicyNotFoundException: 'The account has no effective policy of this type.',
  OrganizationalUnitNotEmptyException: 'The specified organizational unit is not empty.',
  PolicyInUseException: 'The policy is attached to one or more entities. You must detach it first.',
  PolicyNotAttachedException: 'The specified policy is not attached to the specified target.',
  PolicyTypeNotAvailableForOrganizationException:
    'The specified policy type is not available for your organization.',
  SourceParentNotFoundException: "You specified a source parent that doesn't exist.",
}
