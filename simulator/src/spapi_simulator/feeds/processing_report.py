"""Processing reports: what became of every message of a feed, in the feed's own form."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from spapi_simulator.feeds.messages import Result, Unreadable

XML_TYPE = "text/xml; charset=UTF-8"
FLAT_TYPE = "text/plain; charset=UTF-8"
_WHOLE_FILE = "0"


def _failed(fault: Unreadable) -> Result:
    """Return the result that stands for a whole file: message 0."""
    return Result(number=_WHOLE_FILE, problem=fault.problem, words=fault.words)


def xml_report(
    results: Sequence[Result], *, feed_id: str, seller_id: str, fault: Unreadable | None = None
) -> bytes:
    """Return the report of an XML feed: a summary, and a Result for every message that failed.

    Args:
        results: What became of each message; none where the whole file failed.
        feed_id: The feed it is about.
        seller_id: Whose feed it is.
        fault: Why the whole file failed.
    """
    bad = _bad(results, fault)
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<AmazonEnvelope>",
        f"<Header><DocumentVersion>1.02</DocumentVersion>{_tag('MerchantIdentifier', seller_id)}</Header>",
        "<MessageType>ProcessingReport</MessageType>",
        "<Message><MessageID>1</MessageID><ProcessingReport>",
        _tag("DocumentTransactionID", feed_id),
        "<StatusCode>Complete</StatusCode>",
        "<ProcessingSummary>",
        _tag("MessagesProcessed", len(results)),
        _tag("MessagesSuccessful", sum(one.good for one in results)),
        _tag("MessagesWithError", len(bad)),
        _tag("MessagesWithWarning", 0),
        "</ProcessingSummary>",
        *(_xml_result(one) for one in bad),
        "</ProcessingReport></Message>",
        "</AmazonEnvelope>",
    ]
    return "\n".join(lines).encode()


def flat_report(results: Sequence[Result], *, fault: Unreadable | None = None) -> bytes:
    """Return the report of a flat file: a summary, and a line for every row that failed."""
    lines = [
        "Feed Processing Summary:",
        f"\tNumber of records processed\t\t{len(results)}",
        f"\tNumber of records successful\t\t{sum(one.good for one in results)}",
        "",
        "original-record-number\torder-id\torder-item-id\terror-code\terror-type\terror-message",
        *(_line(one) for one in _bad(results, fault)),
    ]
    return ("\n".join(lines) + "\n").encode()


def _bad(results: Sequence[Result], fault: Unreadable | None) -> list[Result]:
    bad = [one for one in results if not one.good]
    return [_failed(fault), *bad] if fault else bad


def _xml_result(result: Result) -> str:
    about = f"<AdditionalInfo>{_tag('AmazonOrderID', result.order_id)}</AdditionalInfo>"
    return (
        f"<Result>{_tag('MessageID', result.number)}<ResultCode>Error</ResultCode>"
        f"{_tag('ResultMessageCode', result.problem or '')}{_tag('ResultDescription', result.words)}"
        f"{about if result.order_id else ''}</Result>"
    )


def _tag(name: str, content: str | int) -> str:
    return f"<{name}>{escape(str(content))}</{name}>"


def _line(result: Result) -> str:
    cells = (result.number, result.order_id, result.item_id, result.problem or "", "Error", result.words)
    return "\t".join(" ".join(cell.split()) for cell in cells)
