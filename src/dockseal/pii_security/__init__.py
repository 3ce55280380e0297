"""The PII Security Layer: retrieves, seals, opens and shreds personal data, and keeps the keys.

Read `vault` first: seal, open, shorten. Then, by what they are about:

    from Amazon      retrieval  needed  reading_ahead  reported  hand  passing  roles  missing  reexamining
                     address_check  differing  completeness
    sealing          vault  envelope  epochs  deadlines  shortening  replay
    opening          grants  budgets  lockouts  locks  refusals  in_use
    canary orders    canaries  canary_orders  planting  invented  alarm
    labels           labels
    ending           shredding  destroying  erasing  erasure  letting_go  blind_index  blind_words
    keys             key_store  keys  masters  guards  stretching  files  open_files  rotating_keys  copies
    … elsewhere      key_providers  server_masters  kms_masters  transit
    … apart          keys_apart  key_asks  shredder
    backups          restoring  rollback  beside_keys
    credentials      credentials  credential_contents  channel_secrets  retiring  signing  notes
    two persons      officers  officer_keys  asks  two_persons  archive  archiving
    the second net   redaction  withholding  shapes  unhandled  dumps  telemetry  exporters  traces

The folder `incidents` holds what is done once somebody opened a canary, or has a suspicion.
"""
