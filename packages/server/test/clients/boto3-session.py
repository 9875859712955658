"""A session with boto3, told line by line: each step's name and what came of it, as JSON."""

import json
import os

import boto3
from botocore.exceptions import ClientError

url = os.environ["ENDPOINT"]


def clients(**credentials):
    return {
        name: boto3.client(name, region_name="us-east-1", endpoint_url=url, **credentials)
        for name in ("kms", "iam", "sts")
    }


def tell(step, outcome):
    print(json.dumps([step, outcome]))


def error(call, **arguments):
    """How a call is refused, as boto3 words it, and as programs tell errors apart."""
    try:
        call(**arguments)
    except ClientError as refusal:
        return [type(refusal).__name__, refusal.response["Error"]["Code"], str(refusal)]
    return "nothing was refused"


root = clients()
kms = root["kms"]
tell("caller", root["sts"].get_caller_identity()["Arn"])

key = kms.create_key(Policy=os.environ["POLICY"], Description="letters")["KeyMetadata"]
tell("key", [key["KeyState"], key["Description"], key["CreationDate"].tzinfo is not None])
tell("key arn", key["Arn"])
kms.create_alias(AliasName="alias/letters", TargetKeyId=key["KeyId"])

context = {"tenant": "blue"}
sealed = kms.encrypt(KeyId="alias/letters", Plaintext=b"meet me at noon", EncryptionContext=context)
opened = kms.decrypt(CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=context)
tell("opened", opened["Plaintext"].decode())
tell("wrong context", error(kms.decrypt, CiphertextBlob=sealed["CiphertextBlob"]))

data_key = kms.generate_data_key(KeyId=key["KeyId"], KeySpec="AES_256")
again = kms.decrypt(CiphertextBlob=data_key["CiphertextBlob"])
tell("data key", [len(data_key["Plaintext"]), again["Plaintext"] == data_key["Plaintext"]])

user = root["iam"].create_user(UserName="bob")["User"]
access_key = root["iam"].create_access_key(UserName="bob")["AccessKey"]
bob = clients(
    aws_access_key_id=access_key["AccessKeyId"], aws_secret_access_key=access_key["SecretAccessKey"]
)
tell("bob", [bob["sts"].get_caller_identity()["Arn"], bob["sts"].get_caller_identity()["UserId"] == user["UserId"]])
reading = {"CiphertextBlob": sealed["CiphertextBlob"], "EncryptionContext": context}
tell("bob refused", error(bob["kms"].decrypt, **reading))
root["iam"].put_user_policy(UserName="bob", PolicyName="opening", PolicyDocument=os.environ["ALLOW"])
tell("bob allowed", bob["kms"].decrypt(**reading)["Plaintext"].decode())
document = root["iam"].get_user_policy(UserName="bob", PolicyName="opening")["PolicyDocument"]
tell("policy read back", document == json.loads(os.environ["ALLOW"]))

encrypting = {"KeyId": key["Arn"], "Plaintext": b"a"}
grant = kms.create_grant(
    KeyId=key["KeyId"],
    GranteePrincipal=user["Arn"],
    Operations=["Encrypt"],
    Constraints={"EncryptionContextSubset": context},
)
tell("grant", "CiphertextBlob" in bob["kms"].encrypt(**encrypting, EncryptionContext=context, GrantTokens=[grant["GrantToken"]]))
tell("beyond the grant", error(bob["kms"].encrypt, **encrypting)[1])
tell("grants", [each["GrantId"] == grant["GrantId"] for each in kms.list_grants(KeyId=key["KeyId"])["Grants"]])
kms.revoke_grant(KeyId=key["KeyId"], GrantId=grant["GrantId"])
tell("revoked", error(bob["kms"].encrypt, **encrypting, EncryptionContext=context)[1])

for _ in range(6):
    kms.create_key()
pages = list(kms.get_paginator("list_keys").paginate(PaginationConfig={"PageSize": 3}))
tell("pages", [len(page["Keys"]) for page in pages])

tell("missing", error(kms.describe_key, KeyId="alias/nobody"))
tell("missing user", error(root["iam"].get_user, UserName="nobody"))
kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=7)
tell("pending deletion", error(kms.encrypt, **encrypting)[1:])
try:
    kms.decrypt(**reading)
except kms.exceptions.KMSInvalidStateException:
    tell("caught by its class", True)
