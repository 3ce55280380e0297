"""Which modules may show personal data and secrets, or build what carries them; a test keeps the list."""

from collections.abc import Mapping

DISCLOSES: Mapping[str, str] = {
    "pii_security/envelope.py": "encrypts the contents",
    "pii_security/blind_words.py": "makes what the blind index is made of",
    "pii_security/archive.py": "encrypts what a law demands to be kept longer",
    "warehouses/by_hand/slip.py": "writes the name and the gift message onto a packing slip",
    "cli/labels.py": "writes a label that a person prints into a file that only they may read",
    "console/labels_api.py": "gives a warehouse one print of a label that it bought",
    "console/pages/label.py": "shows a label that a person prints, once",
    "cli/archive.py": "shows an opened archive to the two officers who opened it",
    "warehouses/webhook/payload.py": "writes the body that the warehouse packs by",
    "warehouses/reasons.py": "drops a warehouse's sentence that repeats personal data",
    "console/pages/opening.py": "shows one order once, to a person with a grant",
    "warehouses/edi/order_940.py": "writes the X12 order that the warehouse packs by",
    "warehouses/folder/orders_file.py": "writes the lines that the warehouse packs by",
    "warehouses/shipstation/address.py": "writes the address that ShipStation makes labels by",
    "console/rest_api.py": "gives a warehouse the fields of one order that it asked for, under its key",
    "pii_security/completeness.py": "looks whether country and postal code can be",
    "warehouses/fitting.py": "writes a recipient so that a warehouse's system can take it",
}
"""Who may call `Recipient.disclose`, and for what."""
REVEALS: Mapping[str, str] = {
    "amazon/token_request.py": "logs in with Amazon",
    "amazon/session.py": "sends the access token with a call",
    "pii_security/credentials.py": "encrypts credentials",
    "pii_security/channel_secrets.py": "hands what is secret of an alert channel to the credential vault",
    "pii_security/stretching.py": "makes a key of a passphrase",
    "storage/places.py": "logs in with PostgreSQL",
    "console/pages/machine.py": "compares the key that reads the metrics",
    "cli/warehouses.py": "prints a new warehouse's secrets once, and hashes its API key",
    "cli/demo_world.py": "gives the demo's warehouse its secrets",
    "cli/serving.py": "asks the running process for its health, over TLS that it has the certificate of",
    "cli/keys.py": "prints the key of the metrics when asked for it",
    "warehouses/given_secrets.py": "takes apart, and puts together, what a warehouse gave us",
    "warehouses/folder/sealing.py": "hands keys to age and gpg",
    "warehouses/sftp.py": "logs in with a warehouse's SFTP server",
    "monitoring_audit/alerts/channels/webhook.py": "signs an alert, and posts it to a sealed address",
    "monitoring_audit/alerts/channels/slack.py": "posts an alert to an address that is the secret itself",
    "monitoring_audit/alerts/channels/mail.py": "logs in with a mail server",
    "monitoring_audit/alerts/channels/options.py": "looks whether an address may be posted to",
    "cli/alert_channels.py": "prints the key of a new webhook for alerts once",
    "warehouses/webhook/signing.py": "signs a webhook, and verifies a callback",
    "cli/warehouse_keys.py": "prints a new key of a warehouse once",
    "amazon/wire.py": "reads and writes what lies at a presigned URL",
}
"""Who may call `Secret.reveal`, and for what."""
BUILDS: Mapping[str, str] = {
    "amazon/recipients.py": "reads addresses and gift messages of single orders",
    "amazon/order_report.py": "reads the addresses in an order report",
}
"""Which modules of the room that speaks with Amazon may build a `Recipient`, and out of what."""
