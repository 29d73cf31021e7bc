"""`<Siprec>`: the sound of the call to a recorder that speaks SIPREC (RFC 7866)."""

from dataclasses import dataclass

from hookflash.twiml.declaration import verb
from hookflash.twiml.verbs.forking import Forking
from hookflash.twiml.verbs.parameter import Parameter


@verb("Siprec", children=(Parameter,), coming="SIPREC recorders come with a later version")
@dataclass(frozen=True, kw_only=True, slots=True)
class Siprec(Forking):
    """Sends the sound of the call to a recorder."""
