"""One use of keys of every kind with boto3, told line by line as JSON."""

import json
import os
import subprocess
import tempfile
import time

import boto3
from botocore.exceptions import ClientError


def kms_in(region):
    return boto3.client("kms", region_name=region, endpoint_url=os.environ["ENDPOINT"])


kms = kms_in("us-east-1")


def tell(step, outcome):
    print(json.dumps([step, outcome]))


def refusal(call, **arguments):
    """The class of the exception that programs catch."""
    try:
        call(**arguments)
    except ClientError as error:
        return type(error).__name__
    return "nothing was refused"


def new_key(**arguments):
    return kms.create_key(**arguments)["KeyMetadata"]["KeyId"]


letter = b"meet me at noon"

signing = {"KeyId": new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"), "SigningAlgorithm": "ECDSA_SHA_256"}
signature = kms.sign(Message=letter, **signing)["Signature"]
tell("signature", kms.verify(Message=letter, Signature=signature, **signing)["SignatureValid"])
tell("of another message", refusal(kms.verify, Message=b"at one", Signature=signature, **signing))
public = kms.get_public_key(KeyId=signing["KeyId"])
tell("public key", [public["KeyUsage"], public["SigningAlgorithms"], len(public["PublicKey"]) == 91])

mac = {"KeyId": new_key(KeySpec="HMAC_512", KeyUsage="GENERATE_VERIFY_MAC"), "MacAlgorithm": "HMAC_SHA_512"}
tag = kms.generate_mac(Message=letter, **mac)["Mac"]
tell("mac", kms.verify_mac(Message=letter, Mac=tag, **mac)["MacValid"])
tell("of another text", refusal(kms.verify_mac, Message=b"at one", Mac=tag, **mac))

symmetric = new_key()
pair = kms.generate_data_key_pair(KeyId=symmetric, KeyPairSpec="RSA_2048")
opened = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])["Plaintext"]
tell("pair", opened == pair["PrivateKeyPlaintext"])

rsa = {"KeyId": new_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT"), "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
sealed = kms.encrypt(Plaintext=letter, **rsa)["CiphertextBlob"]
tell("rsa", kms.decrypt(CiphertextBlob=sealed, **rsa)["Plaintext"].decode())
tell("not for this", refusal(kms.sign, KeyId=rsa["KeyId"], Message=letter, SigningAlgorithm="RSASSA_PSS_SHA_256"))

kms.enable_key_rotation(KeyId=symmetric)
tell("rotated", kms.get_key_rotation_status(KeyId=symmetric)["KeyRotationEnabled"])

imported = new_key(Origin="EXTERNAL")
tell("pending import", refusal(kms.encrypt, KeyId=imported, Plaintext=letter))
parameters = kms.get_parameters_for_import(
    KeyId=imported, WrappingAlgorithm="RSAES_OAEP_SHA_256", WrappingKeySpec="RSA_2048"
)
with tempfile.NamedTemporaryFile() as wrapping_key:
    wrapping_key.write(parameters["PublicKey"])
    wrapping_key.flush()
    wrap = ["openssl", "pkeyutl", "-encrypt", "-pubin", "-keyform", "DER", "-inkey", wrapping_key.name]
    for option in ("rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"):
        wrap += ["-pkeyopt", option]
    wrapped = subprocess.run(wrap, input=os.urandom(32), stdout=subprocess.PIPE, check=True).stdout
kms.import_key_material(
    KeyId=imported,
    ImportToken=parameters["ImportToken"],
    EncryptedKeyMaterial=wrapped,
    ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE",
)
sealed = kms.encrypt(KeyId=imported, Plaintext=letter)["CiphertextBlob"]
tell("imported", kms.decrypt(CiphertextBlob=sealed)["Plaintext"].decode())

related = new_key(MultiRegion=True)
sealed = kms.encrypt(KeyId=related, Plaintext=letter)["CiphertextBlob"]
replica = kms.replicate_key(KeyId=related, ReplicaRegion="eu-west-1")["ReplicaKeyMetadata"]
tell("replica", [replica["Arn"].split(":")[3], replica["MultiRegionConfiguration"]["MultiRegionKeyType"]])
there = kms_in("eu-west-1")
for _ in range(100):
    if there.describe_key(KeyId=related)["KeyMetadata"]["KeyState"] == "Enabled":
        break
    time.sleep(0.1)
tell("opened there", there.decrypt(KeyId=related, CiphertextBlob=sealed)["Plaintext"].decode())

kms.create_custom_key_store(
    CustomKeyStoreName="vault",
    CloudHsmClusterId="cluster-2abcdefghijk",
    TrustAnchorCertificate="-----BEGIN CERTIFICATE-----",
    KeyStorePassword="kmsuser-password",
)
pages = kms.get_paginator("describe_custom_key_stores").paginate()
stores = [store for page in pages for store in page["CustomKeyStores"]]
tell("stores", [[store["CustomKeyStoreName"], store["ConnectionState"]] for store in stores])
