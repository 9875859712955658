"""Many keys at once with boto3, in one attempt each and with its usual retries, told as JSON."""

import json
import os
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

count = int(os.environ["KEYS"])


def client(**retries):
    settings = Config(retries=retries, max_pool_connections=count)
    return boto3.client("kms", region_name="us-east-1", endpoint_url=os.environ["ENDPOINT"], config=settings)


def outcomes(kms):
    """For each key that was asked for at once, nothing or the code of its refusal."""

    def make(_):
        try:
            kms.create_key()
        except ClientError as refusal:
            return refusal.response["Error"]["Code"]

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(make, range(count)))


codes = outcomes(client(mode="standard", total_max_attempts=1))
print(json.dumps(["in one attempt", [codes.count(None), [code for code in codes if code]]]))
print(json.dumps(["with retries", outcomes(client(mode="standard", total_max_attempts=10)).count(None)]))
