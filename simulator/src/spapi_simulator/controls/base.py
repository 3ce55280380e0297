"""What every group of controls stands on."""

from contextlib import AbstractContextManager

from spapi_simulator.world.behaviours import Behaviours
from spapi_simulator.world.present import Present


class Controls:
    """A part of the simulator's public methods; the simulator itself brings the world they touch."""

    behaviours: Behaviours
    _present: Present

    def _world(self) -> AbstractContextManager[None]:
        """Hold the lock, in a world where everything that is due has happened."""
        raise NotImplementedError
