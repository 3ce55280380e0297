"""Sellers API v1: where a seller takes part (getMarketplaceParticipations). It tells no personal data."""

from dataclasses import dataclass

from dockseal.amazon.operations import GET_PARTICIPATIONS
from dockseal.amazon.piece import Piece
from dockseal.amazon.session import Session
from dockseal.domain.identifiers import SellerId


@dataclass(frozen=True, slots=True, kw_only=True)
class Participation:
    """One marketplace that a seller has an account in."""

    marketplace_id: str
    participates: bool
    """Whether it may sell there now."""
    suspended: bool = False
    """Whether its listings there are suspended."""


def participations(session: Session, seller: SellerId) -> tuple[Participation, ...]:
    """Returns the marketplaces of a seller, as Amazon lists them.

    Raises:
        AnswerUnreadable: the answer has no list, or a marketplace without an id.
    """
    answer = session.call(GET_PARTICIPATIONS, seller)
    whole = Piece(whose=f"the marketplaces of seller {seller}", values=answer.json or {})
    return tuple(_participation(each) for each in whole.needed_pieces("payload"))


def _participation(piece: Piece) -> Participation:
    standing = piece.piece("participation")
    return Participation(
        marketplace_id=piece.piece("marketplace").needed_text("id"),
        participates=standing.flag("isParticipating"),
        suspended=standing.flag("hasSuspendedListings"),
    )
