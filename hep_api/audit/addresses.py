"""How much of a network address is kept: of patients only the network they came from."""

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

NETWORK_BITS = {4: 24, 6: 48}


@lru_cache(1024)  # a phone asks from the same address all day
def coarsened(address: str) -> str | None:
    """Return the first address of the network, such as 203.0.113.0/24; None for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(ip_network((found, NETWORK_BITS[found.version]), strict=False))
