"""What the storage of receipts is told of the bucket that the operator has named."""

from typing import Any

from xpenser.env import Bucket


def bucket_settings(bucket: Bucket) -> dict[str, Any]:
    """Return Django's settings for receipts in a bucket; nothing is loaded for it before it is asked."""
    options = {
        "endpoint_url": bucket.endpoint,
        "bucket_name": bucket.name,
        "location": bucket.prefix,
        "region_name": bucket.region,
        "addressing_style": bucket.addressing,
        "access_key": bucket.key or None,
        "secret_key": bucket.secret or None,
    }
    return {"BACKEND": "expenses.files.bucket.ReceiptBucket", "OPTIONS": options}
