"""Carrier codes of Amazon's amzn-base XSD, as far as they are public.

A to I as of January 2026 (support.getdropstream.com/hc/en-us/articles/12209043626003); J to Z from C# classes
generated from an older XSD (undated, 2021 or later) and sellercentral.amazon.sg/gp/help/external/641. Codes
that only repeat another one, or that no carrier is known by, are left out.
"""

CARRIERS = frozenset({
    "4PX", "AAA Cooper", "ABF", "AFL/Fedex", "AMZL", "AMZL_UK", "AO Deutschland", "APC Overnight",
    "APC POSTAL LOGISTICS", "AT Post", "ATS", "Amazon Shipping", "Aramex", "Aras Kargo",
    "Arco Spedizioni", "Arrow XL", "Asendia", "Australia Post", "Australia Post-ArticleId",
    "Australia Post-Consignment", "B2C Europe", "BJS", "BPOST", "BRT", "Best Express", "Blue Package",
    "BlueDart", "Bombax", "Bombino Express", "CBL", "CELERITAS", "CEVA", "CNE", "CTT EXPRESS",
    "Canada Post", "CargoLine", "Ceva Lojistik", "China Post", "Chrono Express", "Chronopost", "Chukou1",
    "City Link", "Citypost", "Colis Prive", "Colissimo", "Correios", "Correos", "Correos Express",
    "Couriers Please", "Cubyn", "DACHSER", "DB Schenker", "DHL", "DHL Express", "DHL Freight",
    "DHL Global Mail", "DHL Kargo", "DHL Parcel UK", "DHL eCommerce", "DPD", "DPD Local", "DSV", "DTDC",
    "DX", "DX Express", "DX Freight", "DX Secure", "Delhivery", "Delivengo", "Der Kurier",
    "Deutsche Post", "DirectLog", "Dotzot", "ECMS", "EUB", "Ecom Express", "Emirates Post", "Emons",
    "Envialia", "Equick", "Estafeta", "Estes", "Exapaq", "FAST EST", "FEDEX_JP", "FERCAM", "Fastway",
    "FedEx", "FedEx SmartPost", "Fedex Freight", "Fillo Kargo", "First Flight", "First Mile",
    "France Express", "GEL Express", "GEODIS", "GFS", "GLS", "GO!", "Gati", "Geodis Calberson",
    "Geopost Kargo", "Hellmann", "Heppner", "Hermes (Corporate)", "Hermes Einrichtungsservice",
    "Hermes Logistik Gruppe", "Hermes UK", "Hongkong Post", "Horoz Lojistik", "Hunter Logistics",
    "Huxloe Logistics", "IDS", "ITD Global", "InPost", "India Post", "JCEX", "JP_EXPRESS", "Japan Post",
    "Jersey Post", "Kuehne+Nagel", "La Poste", "Landmark Global", "Lasership", "Liccardi", "MBE",
    "MNG Kargo", "MRW", "Mail Alliance", "Metro Kargo", "Milkman", "Mondial Relay", "NITTSU", "Nacex",
    "Narpost Kargo", "Newgistics", "Nexive", "Ninjavan", "NipponExpress", "OCS Worldwide", "ONTIME",
    "OSM", "Old Dominion", "OnTrac", "Other", "Overnite Express", "PARCEL2GO.COM", "PIN", "PTT Kargo",
    "PUROLATOR", "Palletline", "Palletways", "Panther", "Parcel Monkey", "ParcelOne", "Parcelforce",
    "Parcelhub", "Parcelnet", "Pilot Freight", "Polish Post", "Post Modern", "Post NL", "PostNL",
    "PostNord", "Poste Italiane", "Professional", "Qxpress", "R+L", "REDUR", "RR Donnelley",
    "Raben Group", "Rhenus", "Rivigo", "Roadrunner", "Royal Mail", "SAGAWA", "SDA", "SF Express", "SFC",
    "STO Express", "Safexpress", "SagawaExpress", "Saia", "Sailpost", "Seino", "Selem Kargo",
    "Self Delivery", "Sending", "Sendle", "Seur", "Seven Senders", "Ship Delight", "Shree Maruti Courier",
    "Shree Tirupati Courier", "Singapore Post", "Smartmail", "South Eastern Freight Lines", "Spoton",
    "Spring GDS", "StarTrack-ArticleID", "StarTrack-Consignment", "Streamlite", "Sunyou", "Susa",
    "Swiss post", "Szendex", "TDN", "TIPSA", "TNT", "TNT Kargo", "Target", "Tezel Lojistik",
    "The Delivery Group", "Toll Global Express", "Total Express", "Trackon", "Trans-o-Flex", "TransFolha",
    "Transaher", "Tuffnells", "UBI", "UK MAIL", "UPS", "UPS Freight", "UPS Mail Innovations", "UPSMI",
    "USPS", "VIR", "Via Xpress", "WINIT", "WanbExpress", "Whistl", "Whizzard", "XDP", "XPO",
    "XPO Freight", "Xpressbees", "YAMATO", "YDH", "YTO Express", "YamatoTransport", "Yanwen",
    "Yellow Freight", "Yodel", "Yun Express", "Yunda Express", "ZTO Express", "Zeleris",
    "Zust Ambrosetti", "ePost Global", "iMile", "iParcel",
})  # fmt: skip
