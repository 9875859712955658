"""Operations that older versions of boto3 do not know, told line by line as JSON."""

import json
import os

import boto3

kms = boto3.client("kms", region_name="us-east-1", endpoint_url=os.environ["ENDPOINT"])


def tell(step, outcome):
    print(json.dumps([step, outcome]))


def new_key(**arguments):
    return kms.create_key(**arguments)["KeyMetadata"]["KeyId"]


def secret_of(own, other):
    public_key = kms.get_public_key(KeyId=other)["PublicKey"]
    agreement = {"KeyId": own, "KeyAgreementAlgorithm": "ECDH", "PublicKey": public_key}
    return kms.derive_shared_secret(**agreement)["SharedSecret"]


one, other = (new_key(KeySpec="ECC_NIST_P384", KeyUsage="KEY_AGREEMENT") for _ in range(2))
tell("agreed", secret_of(one, other) == secret_of(other, one))

key_id = new_key()
sealed = kms.encrypt(KeyId=key_id, Plaintext=b"meet me at noon")["CiphertextBlob"]
kms.rotate_key_on_demand(KeyId=key_id)
pages = kms.get_paginator("list_key_rotations").paginate(KeyId=key_id)
tell("rotations", [rotation["RotationType"] for page in pages for rotation in page["Rotations"]])
tell("opened", kms.decrypt(CiphertextBlob=sealed)["Plaintext"].decode())
usage = kms.get_key_last_usage(KeyId=key_id)["KeyLastUsage"]
tell("last usage", [usage["Operation"], usage["Timestamp"].tzinfo is not None])
