"""Every operation of the API, by product."""

from .api_v2010 import messages
from .product import API_2010, Product
from .resource import Operation

OPERATIONS: dict[Product, list[Operation]] = {
    API_2010: [*messages.OPERATIONS],
}
