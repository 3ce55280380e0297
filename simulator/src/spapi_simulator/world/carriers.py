"""Carrier codes of Amazon's amzn-base XSD, as of January 2026 (the part that is public)."""

CARRIERS = frozenset({
    "AFL/Fedex", "AMZL", "AMZL_UK", "APC Overnight", "AT Post", "Amazon Shipping", "Aramex", "Asendia",
    "Australia Post", "BPOST", "BRT", "Blue Package", "BlueDart", "CTT EXPRESS", "Canada Post",
    "Chronopost", "City Link", "Colis Prive", "Colissimo", "Correos", "Correos Express", "DACHSER",
    "DB Schenker", "DHL", "DHL Express", "DHL Global Mail", "DHL Parcel UK", "DHL eCommerce", "DPD",
    "DPD Local", "DTDC", "DX", "Delhivery", "Deutsche Post", "Emirates Post", "Envialia", "Estes",
    "FEDEX_JP", "Fastway", "FedEx", "FedEx SmartPost", "First Flight", "GEODIS", "GLS", "GO!",
    "Hermes Logistik Gruppe", "Hermes UK", "InPost", "India Post", "JP_EXPRESS", "La Poste",
    "Lasership", "NITTSU", "Newgistics", "NipponExpress", "OSM", "OnTrac", "Other", "Overnite Express",
    "Parcelforce", "Parcelnet", "Poste Italiane", "Professional", "Royal Mail", "SAGAWA", "SDA",
    "SagawaExpress", "Smartmail", "Streamlite", "TNT", "Target", "UPS", "UPS Mail Innovations", "UPSMI",
    "USPS", "YAMATO", "YamatoTransport",
})  # fmt: skip
