"""Who carries calls to the telephone network and back: SIP trunks, their gateways, and the routes to them."""
