//! Lists of sub-options within options: what vendors put into option 43, told apart by the class that the message names, and the lists of
//! options 63, 122 and 125 (Preboot Execution Environment 2.1 §2.2.3; Boot Server Discovery Protocol; TR-111; RFC 2242; RFC 3495, 3594).
//!
//! The octets of option 43 stand as a whole in `dhcp.option.vendor.value`, whoever they are from.

use crate::decode::Walk;
use crate::schema::{Field, Size, be16, be24, be32, bytes, ipv4, label, lit, mac, rest, text, u8};

/// What a sub-option holds.
#[derive(Clone, Copy)]
enum As {
    Number,
    Hex,
    /// Least significant octet first.
    Little,
    Bool,
    Addresses,
    Text,
    Octets,
    Mac,
    Nothing,
    /// Octets with parts of their own.
    Parts(fn(&mut Walk<'_, '_>, usize, &[u8])),
}

/// Number, field below `dhcp.`, octets of a number (0: any), what it holds, what it is.
type Entry = (u8, &'static str, u8, As, &'static str);

/// A list of sub-options.
pub(super) struct List {
    /// The field of a sub-option's number.
    code: &'static str,
    /// Fields of padding (0) and end (255), where the list has them.
    marks: Option<(&'static str, &'static str)>,
    entries: &'static [Entry],
    /// The field of what no entry names.
    other: &'static str,
}

macro_rules! pxe {
    ($name:literal) => {
        concat!("option.vendor.pxeclient.", $name)
    };
}
macro_rules! cable {
    ($name:literal) => {
        concat!("option.vendor.cl.", $name)
    };
}
macro_rules! alcatel {
    ($name:literal) => {
        concat!("option.vendor.alu.", $name)
    };
}
macro_rules! netboot {
    ($name:literal) => {
        concat!("option.vendor.bsdp.", $name)
    };
}
macro_rules! cisco {
    ($name:literal) => {
        concat!("option.vendor.cisco.", $name)
    };
}
macro_rules! novell {
    ($name:literal) => {
        concat!("option.novell_options.", $name)
    };
}

static PXE: List = List {
    code: pxe!("suboption"),
    marks: Some((pxe!("padding"), pxe!("end"))),
    other: "option.vendor.other",
    entries: &[
        (1, pxe!("mtftp_ip"), 4, As::Addresses, "group of the boot file"),
        (2, pxe!("mtftp_client_port"), 2, As::Little, "client's port for the boot file"),
        (3, pxe!("mtftp_server_port"), 2, As::Little, "server's port for the boot file"),
        (4, pxe!("mtftp_timeout"), 1, As::Number, "time until the client asks by itself"),
        (5, pxe!("mtftp_delay"), 1, As::Number, "time until the client asks again"),
        (6, pxe!("discovery_control"), 1, As::Parts(discovery), "how boot servers are found"),
        (7, pxe!("multicast_address"), 4, As::Addresses, "group of boot servers"),
        (8, pxe!("boot_servers"), 0, As::Parts(boot_servers), "boot servers"),
        (9, pxe!("boot_menu"), 0, As::Parts(boot_menu), "boot menu"),
        (10, pxe!("menu_prompt"), 0, As::Parts(menu_prompt), "prompt of the menu"),
        (11, pxe!("multicast_address_alloc"), 0, As::Octets, "groups to choose from"),
        (12, pxe!("credential_types"), 0, As::Octets, "credentials"),
        (64, pxe!("lcm_server"), 0, As::Text, "server of the life cycle manager"),
        (65, pxe!("lcm_domain"), 0, As::Text, "domain of the life cycle manager"),
        (66, pxe!("lcm_nic_option"), 0, As::Octets, "option of the network card"),
        (67, pxe!("lcm_workgroup"), 0, As::Text, "work group of the life cycle manager"),
        (68, pxe!("discovery"), 1, As::Bool, "discovery"),
        (69, pxe!("configured"), 1, As::Bool, "configured"),
        (70, pxe!("lcm_version"), 4, As::Number, "version of the life cycle manager"),
        (71, pxe!("boot_item"), 0, As::Parts(boot_item), "boot item"),
        (72, pxe!("lcm_serial"), 0, As::Text, "serial number"),
    ],
};

static CABLE: List = List {
    code: cable!("suboption"),
    marks: Some((cable!("padding"), cable!("end"))),
    other: "option.vendor.other",
    entries: &[
        (1, cable!("suboption_request_list"), 0, As::Text, "sub-options that are asked for"),
        (2, cable!("device_type"), 0, As::Text, "device type"),
        (3, cable!("esafe_type"), 0, As::Text, "devices within"),
        (4, cable!("serial_number"), 0, As::Text, "serial number"),
        (5, cable!("hardware_version"), 0, As::Text, "hardware version"),
        (6, cable!("software_version"), 0, As::Text, "software version"),
        (7, cable!("boot_rom_version"), 0, As::Text, "version of the boot ROM"),
        (8, cable!("oui_string"), 0, As::Parts(oui), "organisation"),
        (9, cable!("model_number"), 0, As::Text, "model"),
        (10, cable!("vendor_name10"), 0, As::Text, "vendor"),
        (11, cable!("address_realm"), 1, As::Number, "address realm"),
        (12, cable!("cm_ps_system_desc"), 0, As::Text, "system"),
        (13, cable!("cm_ps_firmware_revision"), 0, As::Text, "firmware"),
        (14, cable!("firewall_policy_file_version"), 0, As::Text, "version of the firewall's policy"),
        (15, cable!("esafe_config_file_devices"), 0, As::Text, "devices that the configuration file serves"),
        (18, cable!("video_security_tape"), 0, As::Text, "video security"),
        (31, cable!("mta_mac_address"), 6, As::Mac, "MAC address of the telephone adapter"),
        (32, cable!("correlation_ID"), 4, As::Number, "correlation"),
        (51, cable!("vendor_name51"), 0, As::Text, "vendor"),
        (52, cable!("cablecard_capability"), 0, As::Octets, "what the card can do"),
        (53, cable!("device_id_ca"), 0, As::Octets, "device, conditional access"),
        (54, cable!("device_id_x509"), 0, As::Text, "device, X.509"),
    ],
};

static ALCATEL: List = List {
    code: alcatel!("suboption"),
    marks: Some((alcatel!("padding"), alcatel!("end"))),
    other: "option.vendor.other",
    entries: &[
        (58, alcatel!("vid"), 2, As::Number, "VLAN for voice"),
        (64, alcatel!("tftp1"), 4, As::Addresses, "first TFTP server"),
        (65, alcatel!("tftp2"), 4, As::Addresses, "second TFTP server"),
        (66, alcatel!("app_type"), 1, As::Number, "application"),
        (67, alcatel!("sip_url"), 0, As::Text, "SIP URL"),
    ],
};

static NETBOOT: List = List {
    code: netboot!("suboption"),
    marks: None,
    other: "option.vendor.other",
    entries: &[
        (1, netboot!("message_type"), 1, As::Number, "message: 1 list, 2 select, 3 failed"),
        (2, netboot!("version"), 2, As::Hex, "version"),
        (3, netboot!("server_identifier"), 4, As::Addresses, "server"),
        (4, netboot!("server_priority"), 2, As::Number, "priority of the server"),
        (5, netboot!("reply_port"), 2, As::Number, "port for the answer"),
        (6, netboot!("boot_image_list_path"), 0, As::Text, "path of the list of images"),
        (7, netboot!("default_boot_image_id"), 4, As::Parts(default_image), "image by default"),
        (8, netboot!("selected_boot_image_id"), 4, As::Parts(selected_image), "image that is chosen"),
        (9, netboot!("boot_image_list"), 0, As::Parts(images), "images"),
        (10, netboot!("netboot_firmware"), 0, As::Nothing, "firmware of NetBoot 1.0"),
        (
            11,
            netboot!("attributes_filter_list"),
            0,
            As::Parts(image_attributes),
            "attributes of wanted images",
        ),
        (12, netboot!("message_size"), 2, As::Number, "longest message"),
    ],
};

static CISCO: List = List {
    code: cisco!("suboption"),
    marks: None,
    other: cisco!("unknown"),
    entries: &[
        (1, cisco!("unknown1"), 1, As::Number, "unknown"),
        (2, cisco!("unknown2"), 1, As::Number, "unknown"),
        (3, cisco!("unknown3"), 2, As::Number, "unknown"),
        (4, cisco!("nodeid"), 4, As::Number, "node"),
        (5, cisco!("unknown5"), 1, As::Number, "unknown"),
        (6, cisco!("unknown6"), 1, As::Number, "unknown"),
        (7, cisco!("model"), 0, As::Text, "model"),
        (8, cisco!("apicuuid"), 0, As::Text, "UUID of the controller"),
        (9, cisco!("fabricname"), 0, As::Text, "name of the fabric"),
        (10, cisco!("unknown10"), 4, As::Number, "unknown"),
        (11, cisco!("serialno"), 0, As::Text, "serial number"),
        (12, cisco!("clientint"), 0, As::Text, "interface of the client"),
    ],
};

static AEROHIVE: List = List {
    code: cisco!("suboption"),
    marks: None,
    other: "option.vendor.aerohive.unknown",
    entries: &[
        (225, "option.vendor.aerohive.xiqhostname", 0, As::Text, "name of the manager"),
        (226, "option.vendor.aerohive.xiqipaddress", 4, As::Addresses, "address of the manager"),
    ],
};

/// RFC 2242 §3.
static NOVELL: List = List {
    code: novell!("suboption"),
    marks: None,
    other: novell!("value"),
    entries: &[
        (5, novell!("broadcast"), 1, As::Bool, "nearest server is looked for by broadcast"),
        (6, novell!("preferred_dss_server"), 4, As::Addresses, "preferred domain SAP/RIP server"),
        (7, novell!("nearest_nwip_server"), 4, As::Addresses, "nearest NetWare/IP server"),
        (8, novell!("autoretries"), 1, As::Number, "retries"),
        (9, novell!("autoretry_delay"), 1, As::Number, "time between retries"),
        (10, novell!("support_netware_v1_1"), 1, As::Bool, "NetWare/IP 1.1 is supported"),
        (11, novell!("primary_dss"), 4, As::Addresses, "primary domain SAP/RIP server"),
    ],
};

/// Technical Report TR-111, and CableLabs' DHCP options.
static BROADBAND: List = List {
    code: "option.vi.tr111.suboption",
    marks: None,
    other: "option.vi.other",
    entries: &[
        (
            1,
            "option.vi.tr111.device_manufacturer_oui",
            3,
            As::Parts(device_oui),
            "organisation of the device",
        ),
        (2, "option.vi.tr111.device_serial_number", 0, As::Text, "serial number of the device"),
        (3, "option.vi.tr111.device_product_class", 0, As::Text, "product class of the device"),
        (4, "option.vi.tr111.gateway_manufacturer_oui", 0, As::Text, "organisation of the gateway"),
        (5, "option.vi.tr111.gateway_serial_number", 0, As::Text, "serial number of the gateway"),
        (6, "option.vi.tr111.gateway_product_class", 0, As::Text, "product class of the gateway"),
    ],
};

static CABLE_VI: List = List {
    code: "option.vi.cl.suboption",
    marks: None,
    other: "option.vi.other",
    entries: &[
        (1, "option.vi.cl.option_request", 0, As::Octets, "options that are asked for"),
        (2, "option.vi.cl.tftp_server_addresses", 4, As::Addresses, "TFTP server"),
        (3, "option.vi.cl.erouter_container_option", 0, As::Octets, "options for the router within"),
        (5, "option.vi.cl.modem_capabilities", 0, As::Octets, "what the modem can do"),
    ],
};

/// An enterprise whose list this program does not know.
static ENTERPRISE: List =
    List { code: "=dhcp.vendor.suboption", marks: None, other: "=dhcp.vendor.data", entries: &[] };

/// RFC 3495 §5, RFC 3594 §3.
static CLIENT_CONFIGURATION: List = List {
    code: "=dhcp.vendor.pc.ietf_ccc.suboption",
    marks: None,
    other: "option.ccc.value",
    entries: &[
        (1, "option.ccc.primary_dhcp", 4, As::Addresses, "primary DHCP server of the provider"),
        (2, "option.ccc.secondary_dhcp", 4, As::Addresses, "secondary DHCP server of the provider"),
        (3, "option.ccc.provisioning_server", 0, As::Octets, "provisioning server"),
        (
            4,
            "option.ccc.as_backoff",
            0,
            As::Parts(service_backoff),
            "timing of requests for a service ticket",
        ),
        (
            5,
            "option.ccc.ap_backoff",
            0,
            As::Parts(application_backoff),
            "timing of requests to the application",
        ),
        (6, "option.ccc.kerberos_realm", 0, As::Octets, "Kerberos realm"),
        (
            7,
            "option.ccc.ticket_granting_server",
            1,
            As::Number,
            "whether tickets are asked from the granting server",
        ),
        (8, "option.ccc.provisioning_timer", 1, As::Number, "time for provisioning, in minutes"),
        (9, "option.ccc.ticket_control", 2, As::Parts(ticket_control), "tickets to be made invalid"),
    ],
};

/// The lists of option 43.
static LISTS: [&List; 6] = [&PXE, &CABLE, &ALCATEL, &NETBOOT, &CISCO, &AEROHIVE];

/// Vendors of whom option 43 is known, by the beginning of the class that names them.
static CLASSES: &[(&[u8], &List)] = &[
    (b"PXEClient", &PXE),
    (b"pktc", &CABLE),
    (b"docsis", &CABLE),
    (b"OpenCable2.0", &CABLE),
    (b"CableHome", &CABLE),
    (b"AAPLBSDPC", &NETBOOT),
    (b"alcatel.noe.0", &ALCATEL),
    (b"AEROHIVE", &AEROHIVE),
    (b"cisco", &CISCO),
];

fn declared(entry: &Entry) -> Field {
    let (_, name, octets, shown, doc) = *entry;
    let number = || match octets {
        2 => be16(name),
        3 => be24(name),
        4 => be32(name),
        _ => u8(name),
    };
    match shown {
        As::Number => number(),
        As::Hex => number().hex(),
        As::Little => be16(name),
        As::Bool => u8(name).boolean(),
        As::Addresses => ipv4(name),
        As::Text => text(name, rest()),
        As::Mac => mac(name),
        As::Nothing => label(name),
        As::Parts(_) if octets == 3 => number(),
        As::Parts(_) if octets > 0 => number().hex(),
        As::Parts(_) | As::Octets => bytes(name, rest()),
    }
    .doc(doc)
}

fn declare(list: &List, fields: &mut Vec<Field>) {
    fields.push(u8(list.code).doc("sub-option"));
    if let Some((padding, end)) = list.marks {
        fields.push(u8(padding).doc("padding"));
        fields.push(u8(end).doc("end"));
    }
    // these two are told as they are written elsewhere: as text, or as a number
    fields.extend(
        list.entries
            .iter()
            .filter(|entry| !matches!(entry.0, 8 if entry.1.ends_with("oui_string")))
            .map(declared),
    );
    fields.push(bytes(list.other, rest()).doc("value of another sub-option"));
}

/// The fields of option 43.
pub(super) fn fields(value: Field) -> Vec<Field> {
    let mut fields = vec![value, u8("option.suboption_length").unit("octets").doc("length")];
    for list in LISTS {
        declare(list, &mut fields);
    }
    let words = |name: &'static str, doc: &'static str| text(name, rest()).doc(doc);
    fields.extend([
        crate::schema::flag(pxe!("discovery_control.bstrap")).doc("the boot file named is taken at once"),
        crate::schema::flag(pxe!("discovery_control.serverlist")).doc("only listed servers are asked"),
        crate::schema::flag(pxe!("discovery_control.multicast")).doc("no multicast"),
        crate::schema::flag(pxe!("discovery_control.broadcast")).doc("no broadcast"),
        be16(pxe!("boot_servers.type")).doc("type of boot server"),
        u8(pxe!("boot_servers.count")).doc("addresses"),
        ipv4(pxe!("boot_servers.ip")).doc("boot server"),
        be16(pxe!("boot_menu.type")).doc("type of boot server"),
        u8(pxe!("boot_menu.length")).unit("octets").doc("length"),
        words(pxe!("boot_menu.desc"), "what the menu says"),
        u8(pxe!("menu_prompt.timeout")).unit("s").doc("time to choose"),
        words(pxe!("menu_prompt.prompt"), "prompt"),
        be16(pxe!("boot_item.type")).doc("type of boot server"),
        bytes(pxe!("boot_item.layer"), Size::Octets(lit(2))).doc("layer"),
        words(cable!("oui_string"), "organisation, as text"),
        bytes(cable!("oui_bytes"), rest()).doc("organisation"),
        be16(netboot!("boot_image.attribute")).hex().doc("attribute of the image"),
        be16(netboot!("boot_image.attribute.install")).hex().doc("installs"),
        be16(netboot!("boot_image.attribute.kind")).hex().doc("kind of system"),
        be16(netboot!("boot_image.attribute.reserved")).hex().doc("reserved"),
        be16(netboot!("boot_image.index")).hex().doc("index of the image"),
        bytes(netboot!("boot_image.desc"), rest()).doc("image"),
        u8(netboot!("boot_image.name_len")).unit("octets").doc("length of the name"),
        words(netboot!("boot_image.name"), "name of the image"),
        words("option.vendor.arubaap.controllerip", "controller of the access point"),
        words("option.vendor.arubaiap", "what an instant access point is told"),
        words("option.vendor.arubaiap.name_org", "name of the organisation"),
        words("option.vendor.arubaiap.amp_ip", "address of the management"),
        words("option.vendor.arubaiap.password", "password"),
    ]);
    once(fields)
}

/// Each name once: lists share some.
fn once(fields: Vec<Field>) -> Vec<Field> {
    let mut seen: Vec<&str> = Vec::with_capacity(fields.len());
    let mut kept = Vec::with_capacity(fields.len());
    for field in fields {
        if !seen.contains(&field.name) {
            seen.push(field.name);
            kept.push(field);
        }
    }
    kept
}

/// The fields of one list.
fn of_list(list: &List, value: Field) -> Vec<Field> {
    let mut fields = vec![value, u8("option.suboption_length").unit("octets").doc("length")];
    declare(list, &mut fields);
    fields
}

/// The fields of option 63.
pub(super) fn novell_fields(value: Field) -> Vec<Field> {
    of_list(&NOVELL, value)
}

/// The fields of option 122.
pub(super) fn configuration_fields(value: Field) -> Vec<Field> {
    let mut fields = of_list(&CLIENT_CONFIGURATION, value);
    let number = |name: &'static str, doc: &'static str| be32(name).doc(doc);
    fields.extend([
        number("=dhcp.cl.ietf_ccc.dev_realm_unc_key_nom_timeout", "usual time for a service ticket"),
        number("=dhcp.cl.ietf_ccc.dev_realm_unc_key_max_timeout", "longest time for a service ticket"),
        number("=dhcp.cl.ietf_ccc.dev_realm_unc_key_max_retries", "retries for a service ticket"),
        number("=dhcp.cl.ietf_ccc.dev_prov_unc_key_nom_timeout", "usual time for the application"),
        number("=dhcp.cl.ietf_ccc.dev_prov_unc_key_max_timeout", "longest time for the application"),
        number("=dhcp.cl.ietf_ccc.dev_prov_unc_key_max_retries", "retries for the application"),
        crate::schema::flag("=dhcp.ccc.ietf.sec_tkt.pc_provision_server").doc("of the provisioning server"),
        crate::schema::flag("=dhcp.ccc.ietf.sec_tkt.all_pc_call_management")
            .doc("of call management servers"),
    ]);
    fields
}

/// The fields of an enterprise's part of option 125.
pub(super) fn enterprise_fields(value: Field) -> Vec<Field> {
    let mut fields = of_list(&BROADBAND, value);
    declare(&CABLE_VI, &mut fields);
    declare(&ENTERPRISE, &mut fields);
    once(fields)
}

/// The class that a message names (option 60), empty where it names none.
fn class(message: &[u8]) -> &[u8] {
    let mut left = message.get(240..).unwrap_or_default();
    loop {
        left = match left {
            [0, after @ ..] => after,
            [255, ..] | [_] | [] => return &[],
            [code, length, after @ ..] => {
                let (value, after) = after.split_at_checked(usize::from(*length)).unwrap_or((after, &[]));
                if *code == 60 {
                    return value;
                }
                after
            }
        };
    }
}

/// Option 43.
pub(super) fn decode(walk: &mut Walk<'_, '_>) {
    let (at, octets, class) = (walk.offset(), walk.rest(), class(walk.layer_octets()));
    walk.emit("option.vendor.value", at, octets.len(), 0);
    if class == b"ArubaAP" {
        walk.emit("option.vendor.arubaap.controllerip", at, octets.len(), 0);
    } else if class == b"ArubaInstantAP" {
        instant(walk, at, octets);
    } else if let Some((_, list)) = CLASSES.iter().find(|(begin, _)| class.starts_with(begin)) {
        sub_options(walk, list, at, octets);
    }
    walk.advance(octets.len());
}

/// Option 63.
pub(super) fn decode_novell(walk: &mut Walk<'_, '_>) {
    let (at, octets) = (walk.offset(), walk.rest());
    walk.emit("option.novell_options", at, octets.len(), 0);
    sub_options(walk, &NOVELL, at, octets);
    walk.advance(octets.len());
}

/// Option 122.
pub(super) fn decode_configuration(walk: &mut Walk<'_, '_>) {
    let (at, octets) = (walk.offset(), walk.rest());
    walk.emit("option.ccc", at, octets.len(), 0);
    sub_options(walk, &CLIENT_CONFIGURATION, at, octets);
    walk.advance(octets.len());
}

/// An enterprise's part of option 125; its number stands five octets before.
pub(super) fn decode_enterprise(walk: &mut Walk<'_, '_>) {
    let (at, octets) = (walk.offset(), walk.rest());
    walk.emit("option.vi.value", at, octets.len(), 0);
    let before = at.saturating_sub(walk.layer_offset()).saturating_sub(5);
    let list =
        match walk.layer_octets().get(before..).and_then(<[u8]>::first_chunk).map(|n| u32::from_be_bytes(*n))
        {
            Some(3561) => &BROADBAND,
            Some(4491) => &CABLE_VI,
            _ => &ENTERPRISE,
        };
    sub_options(walk, list, at, octets);
    walk.advance(octets.len());
}

/// A list of sub-options: number, length, value, as far as they fit.
fn sub_options(walk: &mut Walk<'_, '_>, list: &List, mut at: usize, mut octets: &[u8]) {
    while let Some((code, after)) = octets.split_first() {
        if let Some((padding, end)) = list.marks.filter(|_| matches!(code, 0 | 255)) {
            walk.emit(if *code == 0 { padding } else { end }, at, 1, u64::from(*code));
            if *code == 255 {
                return;
            }
            (at, octets) = (at.saturating_add(1), after);
            continue;
        }
        walk.emit(list.code, at, 1, u64::from(*code));
        let Some((length, after)) = after.split_first() else { return };
        walk.emit("option.suboption_length", at.saturating_add(1), 1, u64::from(*length));
        let Some((value, after)) = after.split_at_checked(usize::from(*length)) else { return };
        if walk.too_deep() {
            return;
        }
        at = at.saturating_add(2);
        if list.other == NOVELL.other {
            walk.emit(list.other, at, value.len(), 0);
        }
        match list.entries.iter().find(|entry| entry.0 == *code) {
            Some(entry) => sub_option(walk, entry, at, value),
            None if list.other == NOVELL.other => {}
            None => walk.emit(list.other, at, value.len(), 0),
        }
        at = at.saturating_add(value.len());
        octets = after;
    }
}

fn sub_option(walk: &mut Walk<'_, '_>, entry: &Entry, at: usize, octets: &[u8]) {
    let (_, name, _, shown, _) = *entry;
    let number = |octets: &[u8]| octets.iter().take(8).fold(0, |value, octet| value << 8 | u64::from(*octet));
    match shown {
        As::Number | As::Hex | As::Bool | As::Mac => walk.emit(name, at, octets.len(), number(octets)),
        As::Little => {
            let value = octets.iter().rev().take(8).fold(0, |value, octet| value << 8 | u64::from(*octet));
            walk.emit(name, at, octets.len(), value);
        }
        As::Addresses => {
            for (place, address) in octets.chunks_exact(4).enumerate() {
                walk.emit(name, at.saturating_add(place.saturating_mul(4)), 4, number(address));
            }
        }
        As::Text => {
            let end = octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len());
            walk.emit(name, at, end, 0);
        }
        As::Octets | As::Nothing => walk.emit(name, at, octets.len(), 0),
        As::Parts(parts) => {
            // An organisation is told by its digits as well as by its octets.
            if !name.contains("_oui") && !name.contains(".oui_") {
                walk.emit(name, at, octets.len(), number(octets));
            }
            parts(walk, at, octets);
        }
    }
}

fn discovery(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let Some(value) = octets.first() else { return };
    let bits = [
        (3, pxe!("discovery_control.bstrap")),
        (2, pxe!("discovery_control.serverlist")),
        (1, pxe!("discovery_control.multicast")),
        (0, pxe!("discovery_control.broadcast")),
    ];
    for (place, name) in bits {
        let bit = at.saturating_mul(8).saturating_add(7_usize.saturating_sub(place));
        walk.emit_bits(name, bit, 1, u64::from(value >> place & 1));
    }
}

fn word(octets: &[u8]) -> u64 {
    octets.first_chunk().map_or(0, |word| u64::from(u16::from_be_bytes(*word)))
}

fn boot_servers(walk: &mut Walk<'_, '_>, mut at: usize, mut octets: &[u8]) {
    while let Some((head, after)) = octets.split_first_chunk::<3>() {
        walk.emit(pxe!("boot_servers.type"), at, 2, word(head));
        let count = usize::from(head[2]);
        walk.emit(pxe!("boot_servers.count"), at.saturating_add(2), 1, count as u64);
        at = at.saturating_add(3);
        let addresses = after.chunks_exact(4).take(count);
        let taken = addresses.len().saturating_mul(4);
        for address in addresses {
            let address = address.iter().fold(0, |value, octet| value << 8 | u64::from(*octet));
            walk.emit(pxe!("boot_servers.ip"), at, 4, address);
            at = at.saturating_add(4);
        }
        octets = after.get(taken..).unwrap_or_default();
    }
}

fn boot_menu(walk: &mut Walk<'_, '_>, mut at: usize, mut octets: &[u8]) {
    while let Some((head, after)) = octets.split_first_chunk::<3>() {
        walk.emit(pxe!("boot_menu.type"), at, 2, word(head));
        let length = usize::from(head[2]).min(after.len());
        walk.emit(pxe!("boot_menu.length"), at.saturating_add(2), 1, u64::from(head[2]));
        walk.emit(pxe!("boot_menu.desc"), at.saturating_add(3), length, 0);
        at = at.saturating_add(3).saturating_add(length);
        octets = after.get(length..).unwrap_or_default();
    }
}

fn menu_prompt(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let Some((timeout, prompt)) = octets.split_first() else { return };
    walk.emit(pxe!("menu_prompt.timeout"), at, 1, u64::from(*timeout));
    walk.emit(pxe!("menu_prompt.prompt"), at.saturating_add(1), prompt.len(), 0);
}

fn boot_item(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    walk.emit(pxe!("boot_item.type"), at, octets.len().min(2), word(octets));
    walk.emit(pxe!("boot_item.layer"), at.saturating_add(2), octets.len().saturating_sub(2).min(2), 0);
}

/// Three octets, or their six digits.
fn oui(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let name = if octets.len() == 3 { cable!("oui_bytes") } else { cable!("oui_string") };
    walk.emit(name, at, octets.len(), 0);
}

/// Six digits that are a number.
fn device_oui(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let digits =
        std::str::from_utf8(octets).ok().and_then(|text| u64::from_str_radix(text.get(..6)?, 16).ok());
    if let Some(number) = digits {
        walk.emit("option.vi.tr111.device_manufacturer_oui", at, octets.len(), number);
    }
}

fn image(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    image_attribute(walk, at, word(octets));
    let index = octets.get(2..).unwrap_or_default();
    walk.emit(netboot!("boot_image.index"), at.saturating_add(2), index.len().min(2), word(index));
}

fn image_attribute(walk: &mut Walk<'_, '_>, at: usize, value: u64) {
    walk.emit(netboot!("boot_image.attribute"), at, 2, value);
    walk.emit(netboot!("boot_image.attribute.install"), at, 2, value >> 15);
    walk.emit(netboot!("boot_image.attribute.kind"), at, 2, value >> 8 & 0x7f);
    walk.emit(netboot!("boot_image.attribute.reserved"), at, 2, value & 0xff);
}

fn default_image(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    image(walk, at, octets);
}

fn selected_image(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    image(walk, at, octets);
}

fn images(walk: &mut Walk<'_, '_>, mut at: usize, mut octets: &[u8]) {
    while let Some((head, after)) = octets.split_first_chunk::<5>() {
        let length = usize::from(head[4]).min(after.len());
        walk.emit(netboot!("boot_image.desc"), at, length.saturating_add(5), 0);
        image(walk, at, head);
        walk.emit(netboot!("boot_image.name_len"), at.saturating_add(4), 1, u64::from(head[4]));
        walk.emit(netboot!("boot_image.name"), at.saturating_add(5), length, 0);
        at = at.saturating_add(5).saturating_add(length);
        octets = after.get(length..).unwrap_or_default();
    }
}

fn image_attributes(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    for (place, attribute) in octets.chunks_exact(2).enumerate() {
        image_attribute(walk, at.saturating_add(place.saturating_mul(2)), word(attribute));
    }
}

fn three(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8], names: [&str; 3]) {
    for ((place, number), name) in octets.chunks_exact(4).enumerate().zip(names) {
        let value = number.iter().fold(0, |value, octet| value << 8 | u64::from(*octet));
        walk.emit(name, at.saturating_add(place.saturating_mul(4)), 4, value);
    }
}

fn service_backoff(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let names = [
        "=dhcp.cl.ietf_ccc.dev_realm_unc_key_nom_timeout",
        "=dhcp.cl.ietf_ccc.dev_realm_unc_key_max_timeout",
        "=dhcp.cl.ietf_ccc.dev_realm_unc_key_max_retries",
    ];
    three(walk, at, octets, names);
}

fn application_backoff(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let names = [
        "=dhcp.cl.ietf_ccc.dev_prov_unc_key_nom_timeout",
        "=dhcp.cl.ietf_ccc.dev_prov_unc_key_max_timeout",
        "=dhcp.cl.ietf_ccc.dev_prov_unc_key_max_retries",
    ];
    three(walk, at, octets, names);
}

fn ticket_control(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    let last = at.saturating_add(1).saturating_mul(8);
    let value = word(octets);
    walk.emit_bits("=dhcp.ccc.ietf.sec_tkt.pc_provision_server", last.saturating_add(7), 1, value & 1);
    walk.emit_bits(
        "=dhcp.ccc.ietf.sec_tkt.all_pc_call_management",
        last.saturating_add(6),
        1,
        value >> 1 & 1,
    );
}

/// What an instant access point is told: organisation, management, password, with commas between.
fn instant(walk: &mut Walk<'_, '_>, at: usize, octets: &[u8]) {
    walk.emit("option.vendor.arubaiap", at, octets.len(), 0);
    let names = [
        "option.vendor.arubaiap.name_org",
        "option.vendor.arubaiap.amp_ip",
        "option.vendor.arubaiap.password",
    ];
    let mut at = at;
    for (part, name) in octets.splitn(3, |octet| *octet == b',').zip(names) {
        walk.emit(name, at, part.len(), 0);
        at = at.saturating_add(part.len()).saturating_add(1);
    }
}
