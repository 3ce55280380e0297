"""The control API under `/_simulator/`: look at the world from outside, and disturb it. No personal data."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

import httpx

from spapi_simulator.front.answers import JSON, Refusal, json_response
from spapi_simulator.simulator import Simulator
from spapi_simulator.watching import views, wishes
from spapi_simulator.watching.order_doings import order_doings
from spapi_simulator.watching.reading import Unfit, read
from spapi_simulator.world.accounts import Seller
from spapi_simulator.world.clock import MovableClock

PREFIX = "/_simulator/"
_METHODS = MappingProxyType({
    "state": "GET", "events": "GET", "orders": "GET, POST", "faults": "GET, POST, DELETE",
    "limits": "GET, POST", "notifications": "POST", "clock": "GET, POST", "tokens": "POST",
    "roles": "POST", "sellers": "GET, POST", "applications": "POST",
})  # fmt: skip
_MOST_EVENTS = 1000


class ControlRefusal(Exception):
    """The control API says no, in one sentence."""

    def __init__(self, status: int, sentence: str, **headers: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.headers = headers


class Control:
    """Answers the control API of a simulator.

    A web page elsewhere cannot use it: a change must be sent as application/json, which no form can do, and
    the name it is sent to must be one of `hosts`, which a name made up by somebody else is not.
    """

    def __init__(
        self,
        sim: Simulator,
        complete: Callable[[], bool],
        *,
        scenario: str = "",
        hosts: frozenset[str] | None = None,
    ) -> None:
        """Make the control API of a simulator.

        Args:
            sim: What to look at.
            complete: Says whether its scenario has run out.
            scenario: The name of the scenario; empty without one.
            hosts: The names it answers to; None answers to all.
        """
        self._sim = sim
        self._complete = complete
        self._scenario = scenario
        self._hosts = hosts
        self._looks: Mapping[str, Callable[[httpx.Request], JSON]] = {
            "state": lambda _: self._state(),
            "orders": self._orders,
            "events": self._events,
            "faults": lambda _: {"faults": views.faults_view(sim)},
            "limits": lambda _: {"quotas": views.state_view(sim)["quotas"]},
            "clock": lambda _: views.clock_view(sim),
            "sellers": lambda _: {"sellers": [_seller(one) for one in sim.sellers()]},
        }
        self._changes: Mapping[str, Callable[[JSON], JSON]] = {
            "orders": self._place,
            "faults": self._add_fault,
            "limits": self._limit,
            "notifications": self._notifications,
            "clock": self._move_clock,
            "tokens": self._end_tokens,
            "roles": self._change_roles,
            "sellers": self._add_seller,
            "applications": self._add_application,
        }
        self._doings = order_doings(sim)

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; whatever is wrong with it comes back as `{"error": sentence}`."""
        try:
            self.admit(request)
            with self._sim.lock:
                return json_response(200, self._act(request), headers={"cache-control": "no-store"})
        except ControlRefusal as refusal:
            return json_response(refusal.status, {"error": refusal.sentence}, headers=refusal.headers)
        except Refusal as refusal:
            return json_response(400, {"error": refusal.message or refusal.details})
        except ValueError as fault:
            return json_response(400, {"error": str(fault)})

    def admit(self, request: httpx.Request) -> None:
        """Refuse a request that was sent to a name which is not this server's.

        Raises:
            ControlRefusal: It was.
        """
        if self._hosts is not None and request.url.host not in self._hosts:
            raise ControlRefusal(403, "The control API answers only to the address that it listens on.")

    def _act(self, request: httpx.Request) -> JSON:
        parts = request.url.path.removeprefix(PREFIX).strip("/").split("/")
        match (request.method, parts):
            case ("GET" | "HEAD", [name]) if name in self._looks:
                return self._looks[name](request)
            case ("GET" | "HEAD", ["orders", order_id]):
                return {"order": self._order(order_id)}
            case ("POST", [name]) if name in self._changes:
                return self._changes[name](_body(request))
            case ("POST", ["orders", order_id, doing]) if doing in self._doings:
                body = _body(request)
                self._order(order_id)
                self._doings[doing](order_id, body)
                return {"order": self._order(order_id)}
            case ("DELETE", ["faults"]):
                self._sim.faults.clear()
                return {"cleared": True}
            case (_, [name]) if name in _METHODS:
                raise ControlRefusal(405, f"Use {_METHODS[name]} here.", allow=_METHODS[name])
        raise ControlRefusal(404, "The control API has no such path.")

    def _state(self) -> JSON:
        told: JSON = {"scenario": self._scenario, "complete": self._complete()}
        return views.state_view(self._sim) | told

    def _orders(self, request: httpx.Request) -> JSON:
        wanted = request.url.params.get("status")
        orders = [views.order_view(one) for one in self._sim.orders() if wanted in {None, one.status}]
        return {"orders": orders, "complete": self._complete()}

    def _order(self, order_id: str) -> JSON:
        try:
            return views.order_view(self._sim.order(order_id))
        except KeyError:
            raise ControlRefusal(404, "There is no order with this id.") from None

    def _events(self, request: httpx.Request) -> JSON:
        cursor = request.url.params.get("cursor", "0")
        if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 16):
            raise Unfit("cursor must be a whole number.")
        calls, following = self._sim.journal.since(int(cursor), most=_MOST_EVENTS)
        regions = {seller.seller_id: seller.region for seller in self._sim.sellers()}
        shown = [views.call_view(one, regions.get(one.seller_id, "")) for one in calls if one.path_template]
        return {"events": shown, "cursor": following}

    def _place(self, body: JSON) -> JSON:
        wish = wishes.read_order(body)
        seller = self._seller(wish.seller_id)
        if wish.marketplace_id is not None and wish.marketplace_id not in seller.marketplaces:
            raise Unfit(f"marketplace_id must be one of {', '.join(seller.marketplaces)}.")
        order_id = self._sim.place_order(
            seller,
            lines=wish.lines,
            marketplace_id=wish.marketplace_id,
            pending=wish.pending,
            fulfilled_by=wish.fulfilled_by,
            ship_by=wish.ship_by,
            recipient=wish.recipient,
            gift_message=wish.gift_message,
            programs=wish.programs,
            terms=wish.terms,
        )
        return {"order_id": order_id}

    def _seller(self, seller_id: str | None) -> Seller:
        seller = next((one for one in self._sim.sellers() if seller_id in {None, one.seller_id}), None)
        if seller is None:
            raise Unfit("There is no such seller.")
        return seller

    def _add_fault(self, body: JSON) -> JSON:
        self._sim.faults.add(wishes.read_fault(body))
        return {"added": True, "faults": views.faults_view(self._sim)}

    def _limit(self, body: JSON) -> JSON:
        if "seller_id" in body or "operation" in body:
            plan = wishes.read_plan(body)
            seller_id = self._seller(plan.seller_id).seller_id
            self._sim.limits.plan(seller_id, plan.operation, rate=plan.rate, burst=plan.burst)
            return {"applied": body}
        wish = wishes.read_limits(body)
        if wish.scale is None:
            self._sim.limits.off()
        else:
            self._sim.limits.scale(wish.scale)
        return {"applied": body}

    def _notifications(self, body: JSON) -> JSON:
        wish = wishes.read_notifications(body)
        if wish.drop is not None:
            self._sim.drop_notifications(wish.drop)
        if wish.duplicate is not None:
            self._sim.duplicate_notifications(wish.duplicate)
        if wish.delay is not None:
            self._sim.delay_notifications(wish.delay)
        if wish.shuffle is not None:
            self._sim.shuffle_notifications(wish.shuffle)
        return {"applied": body}

    def _move_clock(self, body: JSON) -> JSON:
        wish, clock = wishes.read_clock(body), self._sim.clock
        if not isinstance(clock, MovableClock):
            raise ControlRefusal(409, "This simulator's clock cannot be moved.")
        if wish.set is not None:
            clock.set(wish.set)
        else:
            clock.advance(seconds=wish.advance or 0)
        self._sim.catch_up()
        return views.clock_view(self._sim)

    def _end_tokens(self, body: JSON) -> JSON:
        wish = read(wishes.TokensWish, body, "Tokens")
        if wish.revoke is not None:
            try:
                self._sim.revoke(wish.revoke)
            except KeyError:
                raise Unfit("There is no such refresh token.") from None
        elif wish.expire:
            self._sim.expire_access_tokens()
        else:
            raise Unfit("Tokens need expire or revoke.")
        return {"ended": True}

    def _change_roles(self, body: JSON) -> JSON:
        wish = read(wishes.RolesWish, body, "Roles")
        if (wish.lose is None) is (wish.give is None):
            raise Unfit("Roles need lose or give, with a refresh token.")
        try:
            if wish.lose is not None:
                self._sim.lose_roles(wish.lose)
            elif wish.give is not None:
                self._sim.give_roles(wish.give)
        except KeyError:
            raise Unfit("There is no such refresh token.") from None
        return {"changed": True}

    def _add_seller(self, body: JSON) -> JSON:
        wish = read(wishes.SellerWish, body, "A seller")
        if not wish.marketplaces:
            raise Unfit("marketplaces must hold a marketplace.")
        apps = {app.client_id: app for app in self._sim.applications()}
        app = next(iter(apps.values()), None) if wish.client_id is None else apps.get(wish.client_id)
        if app is None:
            raise Unfit("There is no such application.")
        seller = self._sim.add_seller(region=wish.region, marketplaces=wish.marketplaces)
        told = _seller(seller) | {"refresh_token": self._sim.authorize(app, seller)}
        if wish.queue is not None:
            told["queue_url"] = self._sim.add_queue(wish.queue)
            self._sim.subscribe(app, seller, str(told["queue_url"]))
        return told

    def _add_application(self, body: JSON) -> JSON:
        app = self._sim.add_application(name=read(wishes.ApplicationWish, body, "An application").name)
        return {
            "name": app.name,
            "application_id": app.application_id,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
        }


def _seller(seller: Seller) -> JSON:
    return {
        "seller_id": seller.seller_id,
        "region": seller.region,
        "marketplaces": list(seller.marketplaces),
    }


def _body(request: httpx.Request) -> JSON:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ControlRefusal(415, "Send changes with Content-Type: application/json.")
    try:
        body = json.loads(request.content or b"{}")
    except (ValueError, RecursionError):
        raise Unfit("The body is not JSON.") from None
    if not isinstance(body, dict):
        raise Unfit("The body must be a JSON object.")
    return body
