//! What Modbus functions ask and answer as the crafter writes it: a layer for each question, answer and exception, which stands on the
//! head of the message.

use super::EXCEPTIONS;
use super::functions::{DIAGNOSTICS, IDENTIFICATIONS, OBJECTS};
use crate::schema::{
    Field, Item, Protocol, Size, Span, be16, bytes, crafted, ge, label, lit, repeat, rest, u8, when,
};

/// A field's name for the tree, made of its name for the crafter.
macro_rules! named {
    ($name:literal) => {
        concat!("=modbus.written.", $name)
    };
}

macro_rules! byte {
    ($name:literal, $default:expr) => {
        u8(named!($name)).craft($name).default($default).hidden().doc($name)
    };
}

macro_rules! word {
    ($name:literal, $default:expr) => {
        be16(named!($name)).craft($name).default($default).hidden().doc($name)
    };
}

/// Octets or registers; one that is 0 stands if none is given.
macro_rules! values {
    ($of:ident, $name:literal) => {
        values!($of, $name, 1)
    };
    ($of:ident, $name:literal, $entries:expr) => {
        repeat(
            label(concat!("=modbus.written.list.", $name)).craft($name).default($entries).hidden().doc($name),
            [$of!($name, 0).into()],
        )
    };
}

/// Counts octets of values.
macro_rules! octets_of {
    ($field:expr, $name:literal, $more:expr) => {
        $field.len_of_part(concat!("=modbus.written.list.", $name), 1, $more)
    };
}

/// Counts values.
macro_rules! count_of {
    ($field:expr, $name:literal) => {
        $field.count_of(concat!("=modbus.written.list.", $name))
    };
}

/// A layer: its node, its function, what follows.
macro_rules! layer {
    ($layers:ident, $name:literal, $code:expr, [$($item:expr),* $(,)?]) => {
        $layers.push(Written { layer: $name, node: named!($name), items: vec![byte!("funcCode", $code).into(), $($item.into()),*] });
    };
}

/// A layer that the crafter has, and what it writes.
struct Written {
    layer: &'static str,
    node: &'static str,
    items: Vec<Item>,
}

/// Declares the layers.
pub(super) fn declare(mut protocol: Protocol) -> Protocol {
    for Written { layer, node, items } in layers() {
        let node = Item::Block(label(node).hidden().doc("message as it is built"), rest(), items.into());
        protocol = protocol.part(layer, name_of(&node), &[]).field(crafted([node]));
    }
    protocol
}

fn name_of(node: &Item) -> &'static str {
    match node {
        Item::Block(field, ..) => field.name,
        _ => "",
    }
}

fn layers() -> Vec<Written> {
    let mut layers = Vec::new();
    reads(&mut layers);
    writes(&mut layers);
    state(&mut layers);
    files(&mut layers);
    identification(&mut layers);
    others(&mut layers);
    exceptions(&mut layers);
    layers
}

fn reads(layers: &mut Vec<Written>) {
    let octets = || octets_of!(byte!("byteCount", 0), "registerVal", 0);
    layer!(layers, "ModbusPDU01ReadCoilsRequest", 1, [word!("startAddr", 0), word!("quantity", 1)]);
    let count = count_of!(byte!("byteCount", 0), "coilStatus");
    layer!(layers, "ModbusPDU01ReadCoilsResponse", 1, [count, values!(byte, "coilStatus")]);
    layer!(layers, "ModbusPDU02ReadDiscreteInputsRequest", 2, [word!("startAddr", 0), word!("quantity", 1)]);
    let count = count_of!(byte!("byteCount", 0), "inputStatus");
    layer!(layers, "ModbusPDU02ReadDiscreteInputsResponse", 2, [count, values!(byte, "inputStatus")]);
    layer!(
        layers,
        "ModbusPDU03ReadHoldingRegistersRequest",
        3,
        [word!("startAddr", 0), word!("quantity", 1)]
    );
    layer!(layers, "ModbusPDU03ReadHoldingRegistersResponse", 3, [octets(), values!(word, "registerVal")]);
    layer!(layers, "ModbusPDU04ReadInputRegistersRequest", 4, [word!("startAddr", 0), word!("quantity", 1)]);
    layer!(layers, "ModbusPDU04ReadInputRegistersResponse", 4, [octets(), values!(word, "registerVal")]);
    layer!(
        layers,
        "ModbusPDU17ReadWriteMultipleRegistersResponse",
        0x17,
        [octets(), values!(word, "registerVal")]
    );
    layer!(layers, "ModbusPDU18ReadFIFOQueueRequest", 0x18, [word!("FIFOPointerAddr", 0)]);
    let long = be16("=modbus.written.byteCount16").craft("byteCount").hidden().doc("byteCount");
    layer!(
        layers,
        "ModbusPDU18ReadFIFOQueueResponse",
        0x18,
        [
            octets_of!(long, "FIFOVal", 2),
            count_of!(word!("FIFOCount", 0), "FIFOVal"),
            values!(word, "FIFOVal", 0),
        ]
    );
}

fn writes(layers: &mut Vec<Written>) {
    layer!(layers, "ModbusPDU05WriteSingleCoilRequest", 5, [word!("outputAddr", 0), word!("outputValue", 0)]);
    layer!(
        layers,
        "ModbusPDU05WriteSingleCoilResponse",
        5,
        [word!("outputAddr", 0), word!("outputValue", 0)]
    );
    layer!(
        layers,
        "ModbusPDU06WriteSingleRegisterRequest",
        6,
        [word!("registerAddr", 0), word!("registerValue", 0)]
    );
    layer!(
        layers,
        "ModbusPDU06WriteSingleRegisterResponse",
        6,
        [word!("registerAddr", 0), word!("registerValue", 0)]
    );
    layer!(
        layers,
        "ModbusPDU0FWriteMultipleCoilsRequest",
        0x0f,
        [
            word!("startAddr", 0),
            word!("quantityOutput", 1),
            count_of!(byte!("byteCount", 0), "outputsValue"),
            values!(byte, "outputsValue"),
        ]
    );
    layer!(
        layers,
        "ModbusPDU0FWriteMultipleCoilsResponse",
        0x0f,
        [word!("startAddr", 0), word!("quantityOutput", 1)]
    );
    let registers = repeat(
        label("=modbus.written.list.registers").craft("outputsValue").default(1).hidden().doc("outputsValue"),
        [be16("=modbus.written.register").craft("outputsValue").hidden().doc("outputsValue").into()],
    );
    layer!(
        layers,
        "ModbusPDU10WriteMultipleRegistersRequest",
        0x10,
        [
            word!("startAddr", 0),
            count_of!(word!("quantityRegisters", 0), "registers"),
            octets_of!(byte!("byteCount", 0), "registers", 0),
            registers,
        ]
    );
    layer!(
        layers,
        "ModbusPDU10WriteMultipleRegistersResponse",
        0x10,
        [word!("startAddr", 0), word!("quantityRegisters", 1)]
    );
    let mask = || [word!("refAddr", 0), word!("andMask", 0xffff), word!("orMask", 0)];
    let [address, and, or] = mask();
    layer!(layers, "ModbusPDU16MaskWriteRegisterRequest", 0x16, [address, and, or]);
    let [address, and, or] = mask();
    layer!(layers, "ModbusPDU16MaskWriteRegisterResponse", 0x16, [address, and, or]);
    layer!(
        layers,
        "ModbusPDU17ReadWriteMultipleRegistersRequest",
        0x17,
        [
            word!("readStartingAddr", 0),
            word!("readQuantityRegisters", 1),
            word!("writeStartingAddr", 0),
            count_of!(word!("writeQuantityRegisters", 0), "writeRegistersValue"),
            octets_of!(byte!("byteCount", 0), "writeRegistersValue", 0),
            values!(word, "writeRegistersValue"),
        ]
    );
}

fn state(layers: &mut Vec<Written>) {
    layer!(layers, "ModbusPDU07ReadExceptionStatusRequest", 7, []);
    let status = u8("=modbus.written.status7").craft("startAddr").hidden().doc("status");
    layer!(layers, "ModbusPDU07ReadExceptionStatusResponse", 7, [status]);
    let diagnostic = || word!("subFunc", 0).names(DIAGNOSTICS);
    layer!(layers, "ModbusPDU08DiagnosticsRequest", 8, [diagnostic(), values!(word, "data")]);
    layer!(layers, "ModbusPDU08DiagnosticsResponse", 8, [diagnostic(), values!(word, "data")]);
    layer!(layers, "ModbusPDU0BGetCommEventCounterRequest", 0x0b, []);
    layer!(
        layers,
        "ModbusPDU0BGetCommEventCounterResponse",
        0x0b,
        [word!("status", 0), word!("eventCount", 0xffff)]
    );
    layer!(layers, "ModbusPDU0CGetCommEventLogRequest", 0x0c, []);
    let events = bytes("=modbus.written.event", rest()).craft("event").lists().default_bytes(&[0x20, 0]);
    layer!(
        layers,
        "ModbusPDU0CGetCommEventLogResponse",
        0x0c,
        [
            byte!("byteCount", 8),
            word!("status", 0),
            word!("eventCount", 0x108),
            word!("messageCount", 0x121),
            events.hidden().doc("event"),
        ]
    );
    let slave = bytes("=modbus.written.list.slaveId", rest()).craft("slaveId").hidden().doc("slaveId");
    layer!(layers, "ModbusPDU11ReportSlaveIdRequest", 0x11, []);
    layer!(
        layers,
        "ModbusPDU11ReportSlaveIdResponse",
        0x11,
        [
            octets_of!(byte!("byteCount", 0), "slaveId", 0),
            when(ge("=modbus.written.byteCount", 1), [slave.into(), byte!("runIdicatorStatus", 0).into()]),
        ]
    );
}

fn files(layers: &mut Vec<Written>) {
    let length = |field: Field| field.len_of(Span::Payload, 1, 0);
    layer!(layers, "ModbusPDU14ReadFileRecordRequest", 0x14, [length(byte!("byteCount", 0))]);
    layer!(layers, "ModbusPDU14ReadFileRecordResponse", 0x14, [length(byte!("dataLength", 0))]);
    layer!(layers, "ModbusPDU15WriteFileRecordRequest", 0x15, [length(byte!("dataLength", 0))]);
    layer!(layers, "ModbusPDU15WriteFileRecordResponse", 0x15, [length(byte!("dataLength", 0))]);
    let place = || [byte!("refType", 6), word!("fileNumber", 1), word!("recordNumber", 0)].map(Item::from);
    let mut items = Vec::from(place());
    items.push(word!("recordLength", 1).into());
    layers.push(Written {
        layer: "ModbusReadFileSubRequest",
        node: named!("ModbusReadFileSubRequest"),
        items,
    });
    layers.push(Written {
        layer: "ModbusReadFileSubResponse",
        node: named!("ModbusReadFileSubResponse"),
        items: vec![
            octets_of!(byte!("respLength", 0), "recData", 1).into(),
            byte!("refType", 6).into(),
            values!(word, "recData"),
        ],
    });
    for (layer, node) in [
        ("ModbusWriteFileSubRequest", named!("ModbusWriteFileSubRequest")),
        ("ModbusWriteFileSubResponse", named!("ModbusWriteFileSubResponse")),
    ] {
        let mut items = Vec::from(place());
        items.push(count_of!(word!("recordLength", 0), "recordData").into());
        items.push(values!(word, "recordData"));
        layers.push(Written { layer, node, items });
    }
}

fn identification(layers: &mut Vec<Written>) {
    let object = |field: Field| field.names(OBJECTS);
    let kind = |default: u64| byte!("readCode", default).names(IDENTIFICATIONS);
    layer!(
        layers,
        "ModbusPDU2B0EReadDeviceIdentificationRequest",
        0x2b,
        [byte!("MEIType", 14), kind(1), object(byte!("objectId", 0))]
    );
    layer!(
        layers,
        "ModbusPDU2B0EReadDeviceIdentificationResponse",
        0x2b,
        [
            byte!("MEIType", 14),
            kind(4),
            byte!("conformityLevel", 1),
            byte!("more", 0),
            object(byte!("nextObjId", 0)),
            byte!("objCount", 0),
        ]
    );
    let value = bytes("=modbus.written.list.value", rest()).craft("value").hidden().doc("value");
    layers.push(Written {
        layer: "ModbusObjectId",
        node: named!("ModbusObjectId"),
        items: vec![
            object(byte!("id", 0)).into(),
            octets_of!(byte!("length", 0), "value", 0).into(),
            value.into(),
        ],
    });
}

/// Functions that the standard leaves to others: the code, and 255 octets.
fn others(layers: &mut Vec<Written>) {
    let payload = || {
        let octets = bytes("=modbus.written.mb_payload", Size::Octets(lit(255)));
        octets.craft("mb_payload").hidden().doc("mb_payload")
    };
    layer!(layers, "ModbusPDUReservedFunctionCodeRequest", 0, [payload()]);
    layer!(layers, "ModbusPDUReservedFunctionCodeResponse", 0, [payload()]);
    layer!(layers, "ModbusPDUReservedFunctionCodeError", 0, [payload()]);
    layer!(layers, "ModbusPDUUserDefinedFunctionCodeRequest", 0, [payload()]);
    layer!(layers, "ModbusPDUUserDefinedFunctionCodeResponse", 0, [payload()]);
    layer!(layers, "ModbusPDUUserDefinedFunctionCodeError", 0, [payload()]);
}

fn exceptions(layers: &mut Vec<Written>) {
    let code = || byte!("exceptCode", 1).names(EXCEPTIONS);
    // scapy calls the field of three layers so
    let other = || byte!("exceptionCode", 1).names(EXCEPTIONS);
    layer!(layers, "ModbusPDU01ReadCoilsError", 0x81, [code()]);
    layer!(layers, "ModbusPDU02ReadDiscreteInputsError", 0x82, [code()]);
    layer!(layers, "ModbusPDU03ReadHoldingRegistersError", 0x83, [code()]);
    layer!(layers, "ModbusPDU04ReadInputRegistersError", 0x84, [code()]);
    layer!(layers, "ModbusPDU05WriteSingleCoilError", 0x85, [code()]);
    layer!(layers, "ModbusPDU06WriteSingleRegisterError", 0x86, [code()]);
    layer!(layers, "ModbusPDU07ReadExceptionStatusError", 0x87, [code()]);
    layer!(layers, "ModbusPDU08DiagnosticsError", 0x88, [other()]);
    layer!(layers, "ModbusPDU0BGetCommEventCounterError", 0x8b, [other()]);
    layer!(layers, "ModbusPDU0CGetCommEventLogError", 0x8c, [other()]);
    layer!(layers, "ModbusPDU0FWriteMultipleCoilsError", 0x8f, [code()]);
    layer!(layers, "ModbusPDU10WriteMultipleRegistersError", 0x90, [code()]);
    layer!(layers, "ModbusPDU11ReportSlaveIdError", 0x91, [code()]);
    layer!(layers, "ModbusPDU14ReadFileRecordError", 0x94, [code()]);
    layer!(layers, "ModbusPDU15WriteFileRecordError", 0x95, [code()]);
    layer!(layers, "ModbusPDU16MaskWriteRegisterError", 0x96, [code()]);
    layer!(layers, "ModbusPDU17ReadWriteMultipleRegistersError", 0x97, [code()]);
    layer!(layers, "ModbusPDU18ReadFIFOQueueError", 0x98, [code()]);
    layer!(layers, "ModbusPDU2B0EReadDeviceIdentificationError", 0xab, [code()]);
}
