"""Numbers that carriers and public rule books publish as examples, right and wrong. None is one of ours.

TND is the MIT-licensed github.com/jkeen/tracking_number_data, whose test numbers they are where nothing else
is said.
"""

from collections.abc import Mapping

RIGHT: Mapping[str, tuple[str, ...]] = {
    "UPS 1Z": ("1Z5R89390357567127", "1Z879E930346834440", "1Z410E7W0392751591", "1ZXX3150YW44070023"),
    "UPS waybill": ("K1506235620", "K2479825491", "J4603636537", "V0490119172", "V0431105627"),
    "USPS IMpb": (
        "9101026837331000039521",
        "9505511069605048600624",
        "92748931507708513018050063",
        "9400111201080805483016",
        "9361289878700317633795",
        "9212391234567812345670",  # USPS Publication 199, 4.6
        "940011291234567812345678901233",  # USPS Publication 199, N10
    ),
    "USPS 20": ("03071790000523483741", "71123456789123456787"),
    "USPS 20 without its 91": ("71969010756003077385",),
    "FedEx Express 12": ("986578788855", "477179081230", "799531274483", "790535312317", "974367662710"),
    "FedEx Ground 15": ("041441760228964", "568283610012000", "568283610012734"),
    "FedEx Ground SSCC": ("000123450000000027",),
    "FedEx SmartPost 20": ("61299998820821171811",),
    "FedEx Ground 96": ("9611020987654312345672",),
    "FedEx barcode 34": (
        "1001921334250001000300779017972697",
        "1001901781990001000300617767839437",
        "9622001900000000000000776632517510",
        "9632001560123456789900794808390594",
    ),
    "OnTrac": ("C11031500001879", "C10999911320231", "D10011354453707", "D10011345983010"),
    "LaserShip 1LS": ("1LS717793482164", "1LS7119013618127-1", "1LS720000000000"),
    "LaserShip L": ("LX17635036",),
    "DHL eCommerce GM": ("GM2951173225174494", "GM295117494011169042", "GM9E44608A27984866BA2D"),
    "DHL eCommerce 14": ("60120172242323", "51087693037816"),
    "Canada Post 16": ("0073938000549297", "7035114477138472", "4002847016405018"),
    "Purolator 12": ("320595463938", "287809468872", "331434972567"),
    "Purolator letters": ("KYV009956937", "CGK002986959"),
    "Amazon Logistics": ("TBA502887274000", "TBA010000000000", "TBAONT500361196"),
    "DHL Express waybill": ("3318810025", "8487135506", "1099255990", "3821724944", "3318810014"),
    "DHL Express air waybill": ("73891051146",),
    "DHL piece id": ("JJD0099999999", "JVGL0999999990", "JJD1410302937991"),
    "DHL Paket 12": ("201298452277", "428001369716"),  # paketda.de; Lobster's manual of its DHL checksum
    "DHL Paket 20": ("00340433836442636597",),  # paketda.de
    "DHL Parcel 3S": ("3SBCC000123456",),  # dhl.com, tracking id labels
    "DHL Parcel UK": ("60120174971147",),
    "Deutsche Post letter": ("01030E092806011E001E",),
    "Royal Mail 2D": ("021115C902CF0C99", "0B014648800003598B01", "320019254000221BB4EFC"),  # Amazon's help
    "Parcelforce inland": ("AA1234567", "AAAA1234567890"),  # parcelforce.com, Tracking number formats
    "DPD 15 with a letter": ("09980000020033F", "09980000020034D", "01015026003653C"),  # TND; paketda.de
    "DPD 28": ("008182709980000020033350276C", "008182709980000020045327276N"),
    "GLS track id": ("XHAX4HDA",),  # paketda.de, GLS-Paketlabel
    "Hermes 14": ("09133131530724",),  # paketda.de
    "Yodel": ("JJD0002257639032011", "JD0002242617644732"),
    "Yamato 12": ("444413758703", "123456789013"),  # shipping-jp-js; nanoappli.com
    "Sagawa 12": ("512547514334",),  # shipping-jp-js
    "Japan Post 12": ("405548424886",),  # shipping-jp-js
    "UPU S10 GB": ("RB123456785GB",),
    "UPU S10 US": ("RB123456785US", "RE360192014US", "EL595811950US", "EK225651436US"),
}
"""By rule: what fits it, its check digit right if it has one."""

SHAPED: Mapping[str, tuple[str, ...]] = {
    "UPS T": ("T1234567891",),
    "UPS 9 or 12": ("987654321", "998887776665"),
    "UPS Mail Innovations package id": ("MI000123AB12",),
    "UPS Mail Innovations sequence": ("801184123456789012",),
    "USPS Global Express Guaranteed": ("8212345678",),
    "Canada Post 12": ("400284701640",),
    "DHL Parcel Poland": ("20123456789",),
    "DPD 14": ("09980000020033", "1000727398456U"),
    "DPD 10 or 12": ("2012345678", "201234567890"),
    "GLS 12": ("123456789011",),  # 3 * (1+3+5+7+9+1) + (2+4+6+8+0) + 1 = 99, so 1
    "GLS 11": ("12345678902",),
    "Evri 16": ("T00AA12345678901", "1234567890123457"),
    "Hermes H": ("H1000730000008001051",),
    "Colissimo": ("6A12345678901", "8L41392078260"),
    "Chronopost": ("XY123456789JB",),
    "bpost 24": ("323212345678901234567890",),
    "InPost 24": ("620000000000000000000001",),
    "Poczta Polska 20": ("00359007731234567890",),
    "Correos 23": ("PQ43DP0712345670128001A",),
    "Correos Express 23": ("32300012345678901234567",),
    "CTT 22": ("0012341234560987654321", "0012341234560987654321001"),
    "Poste Italiane inland": ("A123B12345678", "123456A654321"),
    "DHL 000": ("000340433836442636597121",),
    "DTDC": ("D12345678", "512345678901"),
    "BRT": ("123450678901", "1234567890123450789"),
    "TNT": ("183928256",),
    "Australia Post inland": ("33ABC123456789", "7012345678901234"),
    "Aramex": ("1234567891", "44123456789"),
    "Blue Dart": ("12345678912",),
}
"""By rule: made up to the shape its source gives, where it gives no example of a number."""

WRONG: Mapping[str, tuple[str, ...]] = {
    "UPS 1Z": ("1Z1111111111111111",),
    "UPS waybill": ("K1506235622", "K2479825492"),
    "USPS IMpb": ("9400111206206406260788", "9101123456789000000014"),
    "USPS 20": ("03071790000523483742",),
    "FedEx Express 12": ("996578788855",),
    "FedEx Ground 15": ("568283610012732",),
    "FedEx Ground SSCC": ("000000000000000001",),
    "FedEx Ground 96": ("9600000000000000000001",),
    "FedEx barcode 34": ("1001901781990001000300617767839438", "9622001560001234567100794808390595"),
    "OnTrac": ("C10000000000000", "C11031500001889", "D10011345983012", "D10011342332144"),
    "Canada Post 16": ("0073938000549292",),
    "Purolator 12": ("320595463939", "287809468875"),
    "DHL Express waybill": ("3318810010", "3318810034", "3318810011"),
    "DHL Express air waybill": ("73891051149", "73891051147"),
    "DPD 28": ("008182709980000020033350276A", "008182709980000020045000000N"),
    "UPU S10 US": ("RB123456786US",),
}
"""By rule: what has its shape and a wrong check digit."""

NOBODYS = ("2Z5R89390357567127", "TBB0000000000001", "RB123456785XX", "XJD0099999998", "LSN74209518N2")
"""What looks like the number of a carrier and is of no carrier's shape."""
