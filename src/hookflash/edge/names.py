"""Which host names are answered by this server instead of by the network."""

# Regions and edges of the published host forms `product.REGION.twilio.com` and `product.EDGE.REGION.twilio.com`.
REGIONS = ("us1", "us2", "ie1", "au1", "br1", "de1", "in1", "jp1", "sg1", "gb1")
EDGES = (
    "ashburn",
    "dublin",
    "frankfurt",
    "sao-paulo",
    "singapore",
    "sydney",
    "tokyo",
    "umatilla",
    "roaming",
    "ashburn-ix",
    "frankfurt-ix",
    "london-ix",
    "san-jose-ix",
    "singapore-ix",
)

DOMAIN = "twilio.com"
AUTHY = "api.authy.com"


def is_ours(host: str) -> bool:
    """Whether `host` (any case, with or without the final dot) is `twilio.com`, below it, or `api.authy.com`."""
    host = host.lower().rstrip(".")
    return host in (DOMAIN, AUTHY) or host.endswith("." + DOMAIN)


def certificate_names() -> list[str]:
    """The DNS names of the server's certificate.

    A wildcard stands for one label only, so every region, and every edge in every region, needs its own.
    """
    regions = [f"*.{region}.{DOMAIN}" for region in REGIONS]
    edges = [f"*.{edge}.{region}.{DOMAIN}" for region in REGIONS for edge in EDGES]
    return [DOMAIN, f"*.{DOMAIN}", AUTHY, "localhost", *regions, *edges]
