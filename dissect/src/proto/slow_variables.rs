//! Variables in Ethernet OAM: what is asked for by branch and leaf, and what is answered (IEEE Std 802.3-2022 §57.6, leaves of annex 30A).

use crate::schema::{
    Item, Size, Test, Tlv, TlvCase, be16, bytes, case, label, left, lit, rest, u8, val, when,
};

const BRANCHES: &[(u64, &str)] =
    &[(0, "end"), (3, "object"), (4, "package"), (6, "name binding"), (7, "attribute")];
const INDICATIONS: &[(u64, &str)] = &[
    (0x81, "too long for the message"),
    (0xa0, "attribute cannot be retrieved"),
    (0xa1, "attribute not supported"),
    (0xa2, "attribute cannot be retrieved now"),
    (0xc0, "object end"),
    (0xc1, "object cannot be retrieved"),
    (0xc2, "object not supported"),
    (0xe0, "package end"),
    (0xe1, "package cannot be retrieved"),
    (0xe2, "package not supported"),
];
const ATTRIBUTES: &[(u64, &str)] = &[
    (1, "aMACID"),
    (2, "aFramesTransmittedOK"),
    (3, "aSingleCollisionFrames"),
    (4, "aMultipleCollisionFrames"),
    (5, "aFramesReceivedOK"),
    (6, "aFrameCheckSequenceErrors"),
    (7, "aAlignmentErrors"),
    (8, "aOctetsTransmittedOK"),
    (9, "aFramesWithDeferredXmissions"),
    (10, "aLateCollisions"),
    (11, "aFramesAbortedDueToXSColls"),
    (12, "aFramesLostDueToIntMACXmitError"),
    (13, "aCarrierSenseErrors"),
    (14, "aOctetsReceivedOK"),
    (15, "aFramesLostDueToIntMACRcvError"),
    (16, "aPromiscuousStatus"),
    (17, "aReadMulticastAddressList"),
    (18, "aMulticastFramesXmittedOK"),
    (19, "aBroadcastFramesXmittedOK"),
    (20, "aFramesWithExcessiveDeferral"),
    (21, "aMulticastFramesReceivedOK"),
    (22, "aBroadcastFramesReceivedOK"),
    (23, "aInRangeLengthErrors"),
    (24, "aOutOfRangeLengthField"),
    (25, "aFrameTooLongErrors"),
    (26, "aMACEnableStatus"),
    (27, "aTransmitEnableStatus"),
    (28, "aMulticastReceiveStatus"),
    (29, "aReadWriteMACAddress"),
    (30, "aCollisionFrames"),
    (31, "aPHYID"),
    (32, "aPhyType"),
    (33, "aPhyTypeList"),
    (34, "aSQETestErrors"),
    (35, "aSymbolErrorDuringCarrier"),
    (36, "aMIIDetect"),
    (37, "aPhyAdminState"),
];

/// A list of variables that ends with branch 0; `body` stands behind each leaf.
fn list(body: fn() -> Vec<Item>) -> Tlv {
    let known = |kind: u64, entry: &'static str, leaf: Item| -> TlvCase {
        let mut known = case(kind, label(entry).doc("variable"), [leaf]);
        known.items.extend(body());
        known
    };
    let mut list = Tlv::new(
        label("variable.unknown").doc("variable of an unknown branch"),
        u8("variable.branch"),
        u8("variable.branch"),
    )
    .single(&[0])
    .end(0)
    .padding(bytes("pad", rest()).doc("padding"))
    .other([bytes("variable.descriptor", rest()).doc("variables").into()]);
    list.head = vec![u8("variable.branch").hex().names(BRANCHES).doc("branch").into()];
    list.len = None;
    list.cases = vec![
        case(0, label("variable.end").doc("end of the variables"), []),
        known(3, "variable.of_object", be16("variable.object").hex().doc("object class").into()),
        known(4, "variable.of_package", be16("variable.package").hex().doc("package").into()),
        known(6, "variable.of_binding", be16("variable.binding").hex().doc("name binding").into()),
        known(
            7,
            "variable.of_attribute",
            be16("variable.attribute").hex().names(ATTRIBUTES).doc("attribute").into(),
        ),
    ];
    list
}

pub(super) fn descriptors() -> Tlv {
    list(Vec::new)
}

/// Behind the leaf stands a width and a value, or with the highest bit set why there is none; width 0 is 128 octets.
pub(super) fn containers() -> Tlv {
    list(|| {
        let value = |octets| bytes("variable.value", Size::Octets(octets)).doc("value").into();
        vec![
            when(
                crate::schema::look(|octets| octets.first().is_some_and(|octet| octet & 0x80 != 0)),
                [u8("variable.indication").hex().names(INDICATIONS).doc("why there is no value").into()],
            ),
            when(
                crate::schema::look(|octets| octets.first().is_some_and(|octet| octet & 0x80 == 0)),
                [
                    u8("variable.width").unit("octets").doc("width of the value").into(),
                    when(Test::Eq(val("variable.width"), lit(0)), [value(lit(128).min(left()))]),
                    when(Test::Ne(val("variable.width"), lit(0)), [value(val("variable.width"))]),
                ],
            ),
        ]
    })
}
