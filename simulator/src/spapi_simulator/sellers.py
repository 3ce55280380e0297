"""Sellers API v1: who a seller is, and where they sell. Every business and every address is invented."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from spapi_simulator.front.answers import JSON, Reply
from spapi_simulator.front.gate import Ask
from spapi_simulator.front.operations import Operation
from spapi_simulator.world.accounts import Accounts, Seller
from spapi_simulator.world.marketplaces import MARKETPLACES
from spapi_simulator.world.people import Recipient, invent
from spapi_simulator.world.seeded import Seeded

OPERATIONS = (
    Operation(
        "getMarketplaceParticipations", "GET", "/sellers/v1/marketplaceParticipations", 0.016, 15,
        api="sellers",
    ),
    Operation("getAccount", "GET", "/sellers/v1/account", 0.016, 15, api="sellers"),
)  # fmt: skip
_LANGUAGES = MappingProxyType({
    "US": "en_US", "CA": "en_CA", "MX": "es_MX", "BR": "pt_BR", "GB": "en_GB", "DE": "de_DE", "FR": "fr_FR",
    "IT": "it_IT", "ES": "es_ES", "NL": "nl_NL", "SE": "sv_SE", "PL": "pl_PL", "BE": "fr_BE", "IE": "en_IE",
    "TR": "tr_TR", "AE": "en_AE", "SA": "ar_SA", "EG": "ar_EG", "IN": "en_IN", "ZA": "en_ZA", "JP": "ja_JP",
    "AU": "en_AU", "SG": "en_SG",
})  # fmt: skip


class Sellers:
    """Answers the Sellers API."""

    def __init__(self, accounts: Accounts, seeded: Seeded) -> None:
        self._accounts = accounts
        self._seeded = seeded

    def handlers(self) -> Mapping[str, Callable[[Ask], Reply]]:
        """Return what answers each operation."""
        return {"getMarketplaceParticipations": self.participations, "getAccount": self.account}

    def participations(self, ask: Ask) -> Reply:
        """Answer getMarketplaceParticipations."""
        return Reply(body={"payload": self._participations(ask.caller.seller)})

    def account(self, ask: Ask) -> Reply:
        """Answer getAccount: a private company on the professional plan."""
        seller = ask.caller.seller
        contact = self._contact(seller)
        business: JSON = {
            "name": f"{_store(contact)} Ltd",
            "registeredBusinessAddress": _address(contact),
            "companyRegistrationNumber": self._choose(seller, "registration number"),
            "companyTaxIdentificationNumber": self._choose(seller, "tax number"),
        }
        account: JSON = {
            "businessType": "PRIVATE_LIMITED",
            "sellingPlan": "PROFESSIONAL",
            "marketplaceParticipationList": self._participations(seller),
            "business": business,
            "primaryContact": {"name": contact.name, "address": _address(contact)},
        }
        return Reply(body={"payload": account})

    def _participations(self, seller: Seller) -> list[JSON]:
        store = _store(self._contact(seller))
        return [self._participation(seller, marketplace_id, store) for marketplace_id in seller.marketplaces]

    def _participation(self, seller: Seller, marketplace_id: str, store: str) -> JSON:
        marketplace = MARKETPLACES[marketplace_id]
        standing = self._accounts.standing(seller, marketplace_id)
        return {
            "marketplace": {
                "id": marketplace_id,
                "countryCode": marketplace.country,
                "name": marketplace.name,
                "defaultCurrencyCode": marketplace.currency,
                "defaultLanguageCode": _LANGUAGES[marketplace.country],
                "domainName": f"www.{marketplace.name.lower()}",
            },
            "storeName": store,
            "participation": {
                "isParticipating": standing.participating,
                "hasSuspendedListings": standing.listings_suspended,
            },
        }

    def _contact(self, seller: Seller) -> Recipient:
        """Return the person behind a seller: the same at every call, whatever was asked before."""
        own = Seeded(self._seeded.chooser(f"contact {seller.seller_id}").getrandbits(64))
        return invent(own, MARKETPLACES[seller.marketplaces[0]].country)

    def _choose(self, seller: Seller, kind: str) -> str:
        """Return nine digits beginning with 000, which no register gives out."""
        return f"000{self._seeded.chooser(f'{kind} {seller.seller_id}').randrange(10**6):06d}"


def _store(contact: Recipient) -> str:
    return f"Testfirm {contact.name.rsplit(' ', 1)[-1]}"


def _address(contact: Recipient) -> JSON:
    address: JSON = {
        "addressLine1": contact.address_line_1,
        "addressLine2": contact.address_line_2,
        "city": contact.city,
        "stateOrProvinceCode": contact.state,
        "postalCode": contact.postal_code,
        "countryCode": contact.country_code,
    }
    return {name: value for name, value in address.items() if value}
