"""The one place where parts are joined: engine, worker, read model and settings.

Each function imports the parts that it joins: a command that only asks the database does not wait
for Temporal's SDK to be loaded, nor the other way round.
"""

from coopflow.bootstrap.engines import (
    Running,
    Step,
    connected_engine,
    deployment,
    embedded_engine,
    names_cluster,
    reach_engine,
    trial_engine,
)
from coopflow.bootstrap.entering import access
from coopflow.bootstrap.faces import services
from coopflow.bootstrap.figures import note_queues
from coopflow.bootstrap.openings import (
    directory,
    eraser,
    lag,
    papers,
    people,
    reading,
    transfer,
    verifier,
)
from coopflow.bootstrap.parts import build_id, key_ring
from coopflow.bootstrap.sending import dispatch, mails_of, reach_mail, webhooks
from coopflow.bootstrap.working import serve, temporal_plugin

__all__ = [
    "Running",
    "Step",
    "access",
    "build_id",
    "connected_engine",
    "deployment",
    "directory",
    "dispatch",
    "embedded_engine",
    "eraser",
    "key_ring",
    "lag",
    "mails_of",
    "names_cluster",
    "note_queues",
    "papers",
    "people",
    "reach_engine",
    "reach_mail",
    "reading",
    "serve",
    "services",
    "temporal_plugin",
    "transfer",
    "trial_engine",
    "verifier",
    "webhooks",
]
