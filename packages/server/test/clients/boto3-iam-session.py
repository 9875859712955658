"""A session with boto3's IAM client, told line by line: each step's name and what came of it, as JSON."""

import json
import os

import boto3

url = os.environ["ENDPOINT"]
iam = boto3.client("iam", region_name="us-east-1", endpoint_url=url)
administrator = "arn:aws:iam::aws:policy/AdministratorAccess"


def tell(step, outcome):
    print(json.dumps([step, outcome]))


trust = json.loads(os.environ["TRUST"])
role = iam.create_role(RoleName="App", AssumeRolePolicyDocument=os.environ["TRUST"], Tags=[{"Key": "a", "Value": "1"}])["Role"]
iam.get_waiter("role_exists").wait(RoleName="App")
tell("trust read back", [role["AssumeRolePolicyDocument"] == trust, role["MaxSessionDuration"]])

policy = iam.create_policy(PolicyName="Own", PolicyDocument=os.environ["ALLOW"])["Policy"]["Arn"]
iam.get_waiter("policy_exists").wait(PolicyArn=policy)
for arn in (policy, administrator):
    iam.attach_role_policy(RoleName="App", PolicyArn=arn)
pages = list(iam.get_paginator("list_attached_role_policies").paginate(RoleName="App", PaginationConfig={"PageSize": 1}))
tell("attached", [[each["PolicyName"] for each in page["AttachedPolicies"]] for page in pages])
try:
    iam.delete_role(RoleName="App")
except iam.exceptions.DeleteConflictException as refusal:
    tell("conflict", refusal.response["Error"]["Message"])

iam.create_user(UserName="eve")
iam.get_waiter("user_exists").wait(UserName="eve")
iam.create_group(GroupName="Staff")
iam.add_user_to_group(GroupName="Staff", UserName="eve")
details = list(iam.get_paginator("get_account_authorization_details").paginate(PaginationConfig={"PageSize": 2}))
tell("details", [[user["GroupList"] for page in details for user in page["UserDetailList"]], len(details)])
versions = [each["PolicyVersionList"][0]["Document"] for page in details for each in page["Policies"] if each["Arn"] == policy]
tell("document", versions == [json.loads(os.environ["ALLOW"])])
tell("summary", {name: iam.get_account_summary()["SummaryMap"][name] for name in ("Users", "Roles", "PoliciesQuota")})
