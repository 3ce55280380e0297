"""Every scenario by its name."""

from collections.abc import Mapping
from types import MappingProxyType

from spapi_simulator.scenarios.base import Scenario
from spapi_simulator.scenarios.cancel_storm import CancelStorm
from spapi_simulator.scenarios.eu_seven import EuSeven
from spapi_simulator.scenarios.holiday_backlog import HolidayBacklog
from spapi_simulator.scenarios.peak_day import PeakDay
from spapi_simulator.scenarios.quiet_morning import QuietMorning
from spapi_simulator.scenarios.redacted_buyers import RedactedBuyers
from spapi_simulator.scenarios.region_outage import RegionOutage
from spapi_simulator.scenarios.throttled_hour import ThrottledHour

SCENARIOS: Mapping[str, type[Scenario]] = MappingProxyType({
    scenario.name: scenario
    for scenario in (
        QuietMorning,
        PeakDay,
        CancelStorm,
        ThrottledHour,
        RegionOutage,
        RedactedBuyers,
        EuSeven,
        HolidayBacklog,
    )
})  # fmt: skip
