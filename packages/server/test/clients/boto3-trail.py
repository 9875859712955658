"""What happened to a key, as boto3's paginator reads it, told line by line as JSON."""

import json
import os
from datetime import datetime, timedelta, timezone

import boto3


def client(service):
    return boto3.client(service, region_name="us-east-1", endpoint_url=os.environ["ENDPOINT"])


def tell(step, outcome):
    print(json.dumps([step, outcome]))


kms, trail = client("kms"), client("cloudtrail")
key_arn = kms.create_key()["KeyMetadata"]["Arn"]
for number in range(7):
    kms.encrypt(KeyId=key_arn, Plaintext=str(number).encode())

of_key = [{"AttributeKey": "ResourceName", "AttributeValue": key_arn}]
paginator = trail.get_paginator("lookup_events")
pages = list(paginator.paginate(LookupAttributes=of_key, PaginationConfig={"PageSize": 3}))
events = [event for page in pages for event in page["Events"]]
tell("pages", [len(page["Events"]) for page in pages])
tell("names", [event["EventName"] for event in events])
tell("each once", len({event["EventId"] for event in events}) == len(events))
tell("newest first", events == sorted(events, key=lambda event: event["EventTime"], reverse=True))

now = datetime.now(timezone.utc)
hour = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(minutes=1)}
recent = paginator.paginate(LookupAttributes=of_key, **hour).build_full_result()["Events"]
tell("within the hour", len(recent))
record = json.loads(recent[0]["CloudTrailEvent"])
tell("record", [record["eventName"], record["eventID"] == recent[0]["EventId"]])
tell("status", trail.get_trail_status(Name="claviger")["IsLogging"])
