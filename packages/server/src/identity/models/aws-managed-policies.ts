/**
 * Policies that AWS manages and that have to do with keys, or with those who administer them; as AWS publishes them, read
 * from public collections of them on 2026-11-24 (zoph-io/MAMIP, iann0036/iam-dataset). Data; what is made of it is in
 * `aws-managed-policy.ts`.
 */
export interface AwsManagedRow {
  readonly name: string
  readonly path: string
  /** Ours: those of AWS's own are not published with the documents. */
  readonly uniqueId: string
  readonly version: number
  /** Of the version, where it is known. */
  readonly createdAt: string
  readonly description?: string
  readonly text: string
}

export const awsManagedRows: readonly AwsManagedRow[] = [
  {
    name: 'AWSCloudTrail_FullAccess',
    path: '/',
    uniqueId: 'ANPAMXA4MMVT5TMHKQQ5K',
    version: 1,
    createdAt: '2015-02-06T18:40:00Z',
    description: 'Provides full access to AWS CloudTrail.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "sns:AddPermission",
        "sns:CreateTopic",
        "sns:SetTopicAttributes",
        "sns:GetTopicAttributes"
      ],
      "Resource": [
        "arn:aws:sns:*:*:aws-cloudtrail-logs*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "sns:ListTopics"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "s3:CreateBucket",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock"
      ],
      "Resource": [
        "arn:aws:s3:::aws-cloudtrail-logs*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "s3:ListAllMyBuckets",
        "s3:GetBucketLocation",
        "s3:GetBucketPolicy"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "cloudtrail:*"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "logs:CreateLogGroup"
      ],
      "Resource": [
        "arn:aws:logs:*:*:log-group:aws-cloudtrail-logs*"
      ]
    },
    {
      "Effect": "Allow",
      "Action": [
        "iam:ListRoles",
        "iam:GetRolePolicy",
        "iam:GetUser"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "iam:PassRole"
      ],
      "Resource": "*",
      "Condition": {
        "StringEquals": {
          "iam:PassedToService": "cloudtrail.amazonaws.com"
        }
      }
    },
    {
      "Effect": "Allow",
      "Action": [
        "kms:CreateKey",
        "kms:CreateAlias",
        "kms:ListKeys",
        "kms:ListAliases"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "lambda:ListFunctions"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "dynamodb:ListGlobalTables",
        "dynamodb:ListTables"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'AWSCloudTrail_ReadOnlyAccess',
    path: '/',
    uniqueId: 'ANPABL5NYDYRIJIN5QMBK',
    version: 1,
    createdAt: '2022-06-14T17:19:05Z',
    description: 'This policy grants read-only access to AWS CloudTrail.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "cloudtrail:Get*",
        "cloudtrail:Describe*",
        "cloudtrail:List*",
        "cloudtrail:LookupEvents"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'AWSKeyManagementServiceCustomKeyStoresServiceRolePolicy',
    path: '/aws-service-role/',
    uniqueId: 'ANPA55KWFMN3SQIEITJPQ',
    version: 2,
    createdAt: '2023-11-10T19:03:34Z',
    description: 'Enables access to AWS services and resources required for AWS KMS custom key stores.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "cloudhsm:Describe*",
        "ec2:CreateNetworkInterface",
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateSecurityGroup",
        "ec2:DescribeSecurityGroups",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:DeleteSecurityGroup",
        "ec2:DescribeVpcs",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeNetworkInterfaces"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'AWSKeyManagementServiceMultiRegionKeysServiceRolePolicy',
    path: '/aws-service-role/',
    uniqueId: 'ANPAU2XNMQCH3WA3HZSSL',
    version: 1,
    createdAt: '2021-06-16T15:37:37Z',
    description: 'Enables access to AWS services and resources required for AWS KMS multi-Region keys.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "KMSSynchronizeMultiRegionKey",
      "Effect": "Allow",
      "Action": [
        "kms:SynchronizeMultiRegionKey"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'AWSKeyManagementServicePowerUser',
    path: '/',
    uniqueId: 'ANPA2DKAH52SD3DWW4KUO',
    version: 2,
    createdAt: '2017-03-07T00:55:11Z',
    description: 'Provides access to AWS Key Management Service (KMS).',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "kms:CreateAlias",
        "kms:CreateKey",
        "kms:DeleteAlias",
        "kms:Describe*",
        "kms:GenerateRandom",
        "kms:Get*",
        "kms:List*",
        "kms:TagResource",
        "kms:UntagResource",
        "iam:ListGroups",
        "iam:ListRoles",
        "iam:ListUsers"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'AWSOrganizationsFullAccess',
    path: '/',
    uniqueId: 'ANPA26QGRGXF4GMNY3HSN',
    version: 3,
    createdAt: '2022-08-16T20:42:36Z',
    description: 'Provides full access to AWS Organizations.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "organizations:*",
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "account:PutAlternateContact",
        "account:DeleteAlternateContact",
        "account:GetAlternateContact"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": "iam:CreateServiceLinkedRole",
      "Resource": "*",
      "Condition": {
        "StringEquals": {
          "iam:AWSServiceName": "organizations.amazonaws.com"
        }
      }
    }
  ]
}`,
  },
  {
    name: 'AWSOrganizationsReadOnlyAccess',
    path: '/',
    uniqueId: 'ANPAVEJZA7WRPOL2YCCSL',
    version: 6,
    createdAt: '2024-06-07T21:32:16Z',
    description: 'Provides read-only access to AWS Organizations.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AWSOrganizationsReadOnly",
      "Effect": "Allow",
      "Action": [
        "organizations:Describe*",
        "organizations:List*"
      ],
      "Resource": "*"
    },
    {
      "Sid": "AWSOrganizationsReadOnlyAccount",
      "Effect": "Allow",
      "Action": [
        "account:GetAlternateContact",
        "account:GetContactInformation",
        "account:ListRegions",
        "account:GetRegionOptStatus",
        "account:GetPrimaryEmail"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'AWSOrganizationsServiceTrustPolicy',
    path: '/aws-service-role/',
    uniqueId: 'ANPA6RYYMMNFYHMX6JEJ2',
    version: 2,
    createdAt: '2017-11-01T06:01:18Z',
    description: 'A policy to allow AWS Organizations to share trust with other approved AWS Services for the purpose of simplifying customer configuration.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "AllowDeletionOfServiceLinkedRoleForOrganizations",
      "Effect": "Allow",
      "Action": [
        "iam:DeleteRole"
      ],
      "Resource": [
        "arn:aws:iam::*:role/aws-service-role/organizations.amazonaws.com/*"
      ]
    },
    {
      "Sid": "AllowCreationOfServiceLinkedRoles",
      "Effect": "Allow",
      "Action": [
        "iam:CreateServiceLinkedRole"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'AdministratorAccess',
    path: '/',
    uniqueId: 'ANPA7E7ALMTL67E5SJ2UQ',
    version: 1,
    createdAt: '2015-02-06T18:39:46Z',
    description: 'Provides full access to AWS services and resources.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": "*",
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'IAMAccessAnalyzerFullAccess',
    path: '/',
    uniqueId: 'ANPASLK2AIYRABQAUW4MJ',
    version: 1,
    createdAt: '2019-12-02T17:12:40Z',
    description: 'Provides full access to IAM Access Analyzer.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "access-analyzer:*"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": "iam:CreateServiceLinkedRole",
      "Resource": "*",
      "Condition": {
        "StringEquals": {
          "iam:AWSServiceName": "access-analyzer.amazonaws.com"
        }
      }
    },
    {
      "Effect": "Allow",
      "Action": [
        "organizations:DescribeAccount",
        "organizations:DescribeOrganization",
        "organizations:DescribeOrganizationalUnit",
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListAWSServiceAccessForOrganization",
        "organizations:ListChildren",
        "organizations:ListDelegatedAdministrators",
        "organizations:ListOrganizationalUnitsForParent",
        "organizations:ListParents",
        "organizations:ListRoots"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'IAMAccessAnalyzerReadOnlyAccess',
    path: '/',
    uniqueId: 'ANPAOY4M6NYVGJOZ5RERH',
    version: 3,
    createdAt: '2023-11-27T02:24:16Z',
    description: 'Provides read only access to IAM Access Analyzer.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "IAMAccessAnalyzerReadOnlyAccess",
      "Effect": "Allow",
      "Action": [
        "access-analyzer:CheckAccessNotGranted",
        "access-analyzer:CheckNoNewAccess",
        "access-analyzer:Get*",
        "access-analyzer:List*",
        "access-analyzer:ValidatePolicy"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'IAMAuditRootUserCredentials',
    path: '/root-task/',
    uniqueId: 'ANPALW6STQYIVYPQMRBQP',
    version: 1,
    createdAt: '2024-11-06T22:27:58Z',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyAllOtherActionsOnAnyResource",
      "Effect": "Deny",
      "NotAction": [
        "iam:ListAccessKeys",
        "iam:ListSigningCertificates",
        "iam:GetLoginProfile",
        "iam:ListMFADevices",
        "iam:GetAccountSummary",
        "iam:GetUser",
        "iam:GetAccessKeyLastUsed"
      ],
      "Resource": "*"
    },
    {
      "Sid": "DenyAuditingCredentialsOnNonRootUserResource",
      "Effect": "Deny",
      "Action": [
        "iam:ListAccessKeys",
        "iam:ListSigningCertificates",
        "iam:GetLoginProfile",
        "iam:ListMFADevices",
        "iam:GetUser",
        "iam:GetAccessKeyLastUsed"
      ],
      "NotResource": "arn:aws:iam::*:root"
    }
  ]
}`,
  },
  {
    name: 'IAMCreateRootUserPassword',
    path: '/root-task/',
    uniqueId: 'ANPAI536W5IPBDJKBAXJC',
    version: 1,
    createdAt: '2024-11-06T22:32:59Z',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyAllOtherActionsOnAnyResource",
      "Effect": "Deny",
      "NotAction": [
        "iam:CreateLoginProfile",
        "iam:GetLoginProfile"
      ],
      "Resource": "*"
    },
    {
      "Sid": "DenyCreatingPasswordOnNonRootUserResource",
      "Effect": "Deny",
      "Action": [
        "iam:CreateLoginProfile",
        "iam:GetLoginProfile"
      ],
      "NotResource": "arn:aws:iam::*:root"
    }
  ]
}`,
  },
  {
    name: 'IAMDeleteRootUserCredentials',
    path: '/root-task/',
    uniqueId: 'ANPASI3NJK54RC4E24SAP',
    version: 1,
    createdAt: '2024-11-06T22:47:58Z',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyAllOtherActionsOnAnyResource",
      "Effect": "Deny",
      "NotAction": [
        "iam:DeleteAccessKey",
        "iam:DeleteSigningCertificate",
        "iam:DeleteLoginProfile",
        "iam:DeactivateMFADevice",
        "iam:DeleteVirtualMFADevice",
        "iam:ListAccessKeys",
        "iam:ListSigningCertificates",
        "iam:GetLoginProfile",
        "iam:ListMFADevices",
        "iam:GetUser",
        "iam:GetAccessKeyLastUsed"
      ],
      "Resource": "*"
    },
    {
      "Sid": "DenyDeletingRootUserCredentialsOnNonRootUserResource",
      "Effect": "Deny",
      "Action": [
        "iam:DeleteAccessKey",
        "iam:DeleteSigningCertificate",
        "iam:DeleteLoginProfile",
        "iam:DeactivateMFADevice",
        "iam:DeleteVirtualMFADevice",
        "iam:ListAccessKeys",
        "iam:ListSigningCertificates",
        "iam:GetLoginProfile",
        "iam:ListMFADevices",
        "iam:GetUser",
        "iam:GetAccessKeyLastUsed"
      ],
      "NotResource": "arn:aws:iam::*:root"
    }
  ]
}`,
  },
  {
    name: 'IAMFullAccess',
    path: '/',
    uniqueId: 'ANPA3TZ3DLWNZDHCZMM2K',
    version: 2,
    createdAt: '2019-06-21T19:40:00Z',
    description: 'Provides full access to IAM via the AWS Management Console.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "iam:*",
        "organizations:DescribeAccount",
        "organizations:DescribeOrganization",
        "organizations:DescribeOrganizationalUnit",
        "organizations:DescribePolicy",
        "organizations:ListChildren",
        "organizations:ListParents",
        "organizations:ListPoliciesForTarget",
        "organizations:ListRoots",
        "organizations:ListPolicies",
        "organizations:ListTargetsForPolicy"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'IAMReadOnlyAccess',
    path: '/',
    uniqueId: 'ANPA55TE5VKFVFTCA6ZIB',
    version: 4,
    createdAt: '2018-01-25T19:11:27Z',
    description: 'Provides read only access to IAM via the AWS Management Console.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "Action": [
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:Get*",
        "iam:List*",
        "iam:SimulateCustomPolicy",
        "iam:SimulatePrincipalPolicy"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'PowerUserAccess',
    path: '/',
    uniqueId: 'ANPAZNP53ADJXH7OKZS6Z',
    version: 12,
    createdAt: '2026-02-12T17:59:14Z',
    description: 'Provides full access to AWS services and resources, but does not allow management of Users and groups.',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Effect": "Allow",
      "NotAction": [
        "iam:*",
        "organizations:*",
        "account:*"
      ],
      "Resource": "*"
    },
    {
      "Effect": "Allow",
      "Action": [
        "account:GetAccountInformation",
        "account:GetGovCloudAccountInformation",
        "account:GetPrimaryEmail",
        "account:ListRegions",
        "iam:CreateServiceLinkedRole",
        "iam:DeleteServiceLinkedRole",
        "iam:ListRoles",
        "organizations:DescribeEffectivePolicy",
        "organizations:DescribeOrganization"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'ROSAKMSProviderPolicy',
    path: '/service-role/',
    uniqueId: 'ANPAZQUSNPNNL3TNFGHSW',
    version: 1,
    createdAt: '2023-04-27T20:10:20Z',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "VolumeEncryption",
      "Effect": "Allow",
      "Action": [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:DescribeKey"
      ],
      "Resource": "*",
      "Condition": {
        "StringEquals": {
          "aws:ResourceTag/red-hat": "true"
        }
      }
    }
  ]
}`,
  },
  {
    name: 'ReadOnlyAccess',
    path: '/',
    uniqueId: 'ANPAABUSUK5VKKXYBNMFJ',
    version: 1,
    createdAt: '2015-02-06T18:40:00Z',
    description: 'Provides read-only access to AWS services and resources.',
    // Only what concerns services that are served here.
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "ReadOnlyActionsGroup1",
      "Effect": "Allow",
      "Action": [
        "access-analyzer:GetAccessPreview",
        "access-analyzer:GetAnalyzedResource",
        "access-analyzer:GetAnalyzer",
        "access-analyzer:GetArchiveRule",
        "access-analyzer:GetFinding",
        "access-analyzer:GetFindingsStatistics",
        "access-analyzer:GetGeneratedPolicy",
        "access-analyzer:ListAccessPreviewFindings",
        "access-analyzer:ListAccessPreviews",
        "access-analyzer:ListAnalyzedResources",
        "access-analyzer:ListAnalyzers",
        "access-analyzer:ListArchiveRules",
        "access-analyzer:ListFindings",
        "access-analyzer:ListPolicyGenerations",
        "access-analyzer:ListTagsForResource",
        "access-analyzer:ValidatePolicy",
        "account:GetAccountInformation",
        "account:GetAlternateContact",
        "account:GetContactInformation",
        "account:GetGovCloudAccountInformation",
        "account:GetPrimaryEmail",
        "account:GetRegionOptStatus",
        "account:ListRegions",
        "cloudtrail:Describe*",
        "cloudtrail:Get*",
        "cloudtrail:List*",
        "cloudtrail:LookupEvents",
        "iam:Generate*",
        "iam:Get*",
        "iam:List*",
        "iam:Simulate*"
      ],
      "Resource": "*"
    },
    {
      "Sid": "ReadOnlyActionsGroup2",
      "Effect": "Allow",
      "Action": [
        "kms:Describe*",
        "kms:Get*",
        "kms:List*",
        "organizations:Describe*",
        "organizations:List*",
        "sts:GetAccessKeyInfo",
        "sts:GetCallerIdentity",
        "sts:GetSessionToken"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'S3UnlockBucketPolicy',
    path: '/root-task/',
    uniqueId: 'ANPAPJZKUI6NIJEIHVMP7',
    version: 1,
    createdAt: '2024-11-06T21:55:56Z',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyAllOtherActionsOnAnyResource",
      "Effect": "Deny",
      "NotAction": [
        "s3:DeleteBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:ListAllMyBuckets"
      ],
      "Resource": "*"
    },
    {
      "Sid": "DenyManagingBucketPolicyForNonRootCallers",
      "Effect": "Deny",
      "Action": [
        "s3:DeleteBucketPolicy",
        "s3:PutBucketPolicy",
        "s3:GetBucketPolicy",
        "s3:ListAllMyBuckets"
      ],
      "Resource": "*",
      "Condition": {
        "StringNotLike": {
          "aws:PrincipalArn": "arn:aws:iam::*:root"
        }
      }
    }
  ]
}`,
  },
  {
    name: 'SQSUnlockQueuePolicy',
    path: '/root-task/',
    uniqueId: 'ANPARDEE3IMZKIJ7Q5VCB',
    version: 1,
    createdAt: '2024-11-06T21:51:02Z',
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyAllOtherActionsOnAnyResource",
      "Effect": "Deny",
      "NotAction": [
        "sqs:SetQueueAttributes",
        "sqs:GetQueueAttributes",
        "sqs:ListQueues",
        "sqs:GetQueueUrl"
      ],
      "Resource": "*"
    },
    {
      "Sid": "DenyGettingQueueAttributesOnNonOwnQueue",
      "Effect": "Deny",
      "Action": [
        "sqs:GetQueueAttributes"
      ],
      "Resource": "arn:aws:sqs:*:*:*",
      "Condition": {
        "StringNotEqualsIfExists": {
          "aws:ResourceAccount": [
            "\${aws:PrincipalAccount}"
          ]
        }
      }
    },
    {
      "Sid": "DenyActionsForNonRootUser",
      "Effect": "Deny",
      "Action": [
        "sqs:SetQueueAttributes",
        "sqs:GetQueueAttributes",
        "sqs:ListQueues",
        "sqs:GetQueueUrl"
      ],
      "Resource": "*",
      "Condition": {
        "StringNotLike": {
          "aws:PrincipalArn": "arn:aws:iam::*:root"
        }
      }
    }
  ]
}`,
  },
  {
    name: 'SecurityAudit',
    path: '/',
    uniqueId: 'ANPA2TTPRVS7W5EVZS532',
    version: 1,
    createdAt: '2015-02-06T18:40:00Z',
    description: 'The security audit template grants access to read security configuration metadata.',
    // Only what concerns services that are served here.
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "BaseSecurityAuditStatement",
      "Effect": "Allow",
      "Action": [
        "access-analyzer:GetAnalyzedResource",
        "access-analyzer:GetAnalyzer",
        "access-analyzer:GetArchiveRule",
        "access-analyzer:GetFinding",
        "access-analyzer:ListAnalyzedResources",
        "access-analyzer:ListAnalyzers",
        "access-analyzer:ListArchiveRules",
        "access-analyzer:ListFindings",
        "access-analyzer:ListTagsForResource",
        "account:GetAccountInformation",
        "account:GetAlternateContact",
        "account:GetPrimaryEmail",
        "account:GetRegionOptStatus",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetEventSelectors",
        "cloudtrail:GetInsightSelectors",
        "cloudtrail:GetTrail",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:ListTags",
        "cloudtrail:ListTrails",
        "cloudtrail:LookupEvents",
        "iam:GenerateCredentialReport",
        "iam:GenerateServiceLastAccessedDetails",
        "iam:Get*",
        "iam:List*",
        "iam:SimulateCustomPolicy",
        "iam:SimulatePrincipalPolicy",
        "kms:Describe*",
        "kms:Get*",
        "kms:List*",
        "organizations:Describe*",
        "organizations:List*",
        "sts:GetAccessKeyInfo"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
  {
    name: 'ViewOnlyAccess',
    path: '/job-function/',
    uniqueId: 'ANPAUJKPPFDX2CYB3TXNN',
    version: 1,
    createdAt: '2015-02-06T18:40:00Z',
    description: 'This policy grants permissions to view resources and basic metadata across all AWS services.',
    // Only what concerns services that are served here.
    text: `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "GeneralViewOnlyAccessStatement",
      "Effect": "Allow",
      "Action": [
        "cloudtrail:DescribeTrails",
        "cloudtrail:ListTrails",
        "cloudtrail:LookupEvents",
        "iam:GetAccountSummary",
        "iam:GetLoginProfile",
        "iam:List*",
        "kms:ListKeys",
        "kms:ListResourceTags",
        "organizations:List*"
      ],
      "Resource": "*"
    }
  ]
}`,
  },
]
