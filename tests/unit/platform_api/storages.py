"""The two storages for tests: a folder, and a bucket of moto's S3."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import boto3
import pytest
from moto.server import ThreadedMotoServer

from platform_api.documents.config import StorageConfig

ID, SECRET = "tester", "a secret of nobody"


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """A service that speaks S3, started when the first test asks for it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture(params=["folder", "bucket"])
def storage_config(request: pytest.FixtureRequest) -> StorageConfig:
    """Each of the two."""
    if request.param == "folder":
        return StorageConfig()
    endpoint = request.getfixturevalue("s3_endpoint")
    bucket = f"sfera-{secrets.token_hex(6)}"
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=ID,
        aws_secret_access_key=SECRET,
    )
    client.create_bucket(Bucket=bucket)
    return StorageConfig(bucket=bucket, prefix="school", endpoint=endpoint, access_key_id=ID, secret_access_key=SECRET)
