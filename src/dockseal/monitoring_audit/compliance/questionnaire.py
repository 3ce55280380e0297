"""The questions, as readers of Amazon's form of July 2026 tell them, and what each answer rests on."""

from dockseal.monitoring_audit.compliance import answering
from dockseal.monitoring_audit.compliance.questions import Question

_SCANS = ("2.7.1-scan", "2.7.1-pen-test")

QUESTIONS: tuple[Question, ...] = (
    Question(
        id="1", asks="Who are you, and why does no existing application do?", answer=answering.organisation
    ),
    Question(
        id="2",
        asks="What does the application do, and why does it need restricted roles?",
        rests_on=("AUP-1.1", "AUP-4.1", "2.1-form"),
        answer=answering.app,
    ),
    Question(
        id="3",
        asks="Which network controls limit access to databases, file servers and end points?",
        rests_on=("1.1.1", "1.1.1-firewall", "1.1.3", "1.5"),
        answer=answering.network,
    ),
    Question(
        id="4",
        asks="How are people identified, and access kept to who needs it?",
        rests_on=("1.2.1", "1.2.2-review", "1.2.3", "1.3"),
        answer=answering.access,
    ),
    Question(
        id="5",
        asks="How is access from personal devices stopped, and loss of data prevented?",
        rests_on=("1.1.2", "1.1.2-endpoints", "2.3-assets", "2.3-dlp"),
        answer=answering.devices,
    ),
    Question(
        id="6",
        asks="What is the privacy and data handling policy?",
        rests_on=("2.2", "2.2-requests", "2.4-classification"),
        answer=answering.policy,
    ),
    Question(
        id="7",
        asks="How is data encrypted at rest, and keys managed?",
        rests_on=("2.4",),
        answer=answering.encryption,
    ),
    Question(
        id="8",
        asks="How is data backed up and restored?",
        rests_on=("2.1", "2.7.3", "2.7.3-drill"),
        answer=answering.backups,
    ),
    Question(
        id="9",
        asks="How is it logged and monitored?",
        rests_on=("2.6.1", "2.6.1-review"),
        answer=answering.logs,
    ),
    Question(
        id="10",
        asks="What is done in an incident?",
        rests_on=("1.6.2", "1.6.2-review", "1.6.3", "1.6.4"),
        answer=answering.incidents,
    ),
    Question(
        id="11",
        asks="How are passwords managed?",
        rests_on=("1.2.2-lockout", "1.4.1"),
        answer=answering.passwords,
    ),
    Question(id="12", asks="Is personal data used in tests?", rests_on=("2.5",), answer=answering.testing),
    Question(
        id="13",
        asks="How is exposure of credentials prevented?",
        rests_on=("1.4.2", "2.5"),
        answer=answering.credentials,
    ),
    Question(
        id="14",
        asks="How are findings of scans and penetration tests tracked?",
        rests_on=(*_SCANS, "2.7.2-changes"),
        answer=answering.findings,
    ),
    Question(
        id="15",
        asks="How are faults in code dealt with, before and after release?",
        rests_on=("2.7.2-changes", "1.1.1-firewall"),
        answer=answering.code,
    ),
    Question(id="16", asks="How are changes managed?", rests_on=("2.7.2-changes",), answer=answering.changes),
    Question(
        id="17",
        asks="Who outside gets data, and which sources besides Amazon are used?",
        rests_on=("AUP-4.3", "AUP-4.6", "SPPA-6", "2.8"),
        answer=answering.outsiders,
    ),
    Question(
        id="18",
        asks="For how long is personal data kept?",
        rests_on=("2.1", "2.1-form"),
        answer=answering.kept,
    ),
    Question(
        id="19", asks="Who is the contact for incidents?", rests_on=("1.6.5",), answer=answering.contact
    ),
    *(
        Question(id=f"y{number}", asks=asks, rests_on=rests_on, answer=answering.yes)
        for number, (asks, rests_on) in enumerate(
            (
                ("Are there a firewall and intrusion detection?", ("1.1.1", "1.1.1-firewall")),
                ("Is access given by job function?", ("1.2.1", "1.3")),
                ("Is data encrypted on the way, with TLS?", ("1.5",)),
                ("Does Amazon hear of incidents within 24 hours?", ("1.6.2", "1.6.2-review", "1.6.3")),
                ("Twelve characters, a second factor, and 365 days?", ("1.4.1",)),
                ("Are credentials kept safe?", ("1.4.2", "2.5")),
                ("Are there policies of classification?", ("2.4-classification",)),
                ("AES-128 or RSA-2048 and more at rest, with managed keys?", ("2.4",)),
                ("Is access to personal data fine-grained?", ("1.3", "AUP-4.1")),
                ("Logs reviewed every two weeks and kept for 12 months?", ("2.6.1", "2.6.1-review")),
                ("Is there a test environment of its own?", ("2.5",)),
                ("Scans every 30 days, and a penetration test every year?", _SCANS),
                ("Is code scanned before each release?", ("2.7.2-changes",)),
                ("Is change management formal?", ("2.7.2-changes",)),
            ),
            start=1,
        )
    ),
)
