//! How a request or response of HTTP is written: its first line, and the header fields that were given, in the order of their names as
//! scapy has them. The length of the content is said where nothing else is.

use crate::schema::{Build, Field, Size, rest, text};

/// A header field: its name, that of the declared field, and the crafter's.
pub(super) type Header = (&'static str, &'static str, &'static str);

/// IANA "HTTP Field Name Registry", those of requests, and of what is usual beside it; sorted.
const ASKED: &[Header] = &[
    ("A-IM", "=http.written.a_im", "A_IM"),
    ("Accept", "=http.written.accept", "Accept"),
    ("Accept-Charset", "=http.written.accept_charset", "Accept_Charset"),
    ("Accept-Datetime", "=http.written.accept_datetime", "Accept_Datetime"),
    ("Accept-Encoding", "=http.written.accept_encoding", "Accept_Encoding"),
    ("Accept-Language", "=http.written.accept_language", "Accept_Language"),
    (
        "Access-Control-Request-Headers",
        "=http.written.access_control_request_headers",
        "Access_Control_Request_Headers",
    ),
    (
        "Access-Control-Request-Method",
        "=http.written.access_control_request_method",
        "Access_Control_Request_Method",
    ),
    ("Authorization", "=http.written.authorization", "Authorization"),
    ("Cache-Control", "=http.written.cache_control", "Cache_Control"),
    ("Connection", "=http.written.connection", "Connection"),
    ("Content-Length", "=http.written.content_length", "Content_Length"),
    ("Content-MD5", "=http.written.content_md5", "Content_MD5"),
    ("Content-Type", "=http.written.content_type", "Content_Type"),
    ("Cookie", "=http.written.cookie", "Cookie"),
    ("DNT", "=http.written.dnt", "DNT"),
    ("Date", "=http.written.date", "Date"),
    ("Expect", "=http.written.expect", "Expect"),
    ("Forwarded", "=http.written.forwarded", "Forwarded"),
    ("From", "=http.written.from", "From"),
    ("Front-End-Https", "=http.written.front_end_https", "Front_End_Https"),
    ("HTTP2-Settings", "=http.written.http2_settings", "HTTP2_Settings"),
    ("Host", "=http.written.host", "Host"),
    ("If-Match", "=http.written.if_match", "If_Match"),
    ("If-Modified-Since", "=http.written.if_modified_since", "If_Modified_Since"),
    ("If-None-Match", "=http.written.if_none_match", "If_None_Match"),
    ("If-Range", "=http.written.if_range", "If_Range"),
    ("If-Unmodified-Since", "=http.written.if_unmodified_since", "If_Unmodified_Since"),
    ("Keep-Alive", "=http.written.keep_alive", "Keep_Alive"),
    ("Max-Forwards", "=http.written.max_forwards", "Max_Forwards"),
    ("Origin", "=http.written.origin", "Origin"),
    ("Permanent", "=http.written.permanent", "Permanent"),
    ("Pragma", "=http.written.pragma", "Pragma"),
    ("Proxy-Authorization", "=http.written.proxy_authorization", "Proxy_Authorization"),
    ("Proxy-Connection", "=http.written.proxy_connection", "Proxy_Connection"),
    ("Range", "=http.written.range", "Range"),
    ("Referer", "=http.written.referer", "Referer"),
    ("Save-Data", "=http.written.save_data", "Save_Data"),
    ("TE", "=http.written.te", "TE"),
    ("Upgrade", "=http.written.upgrade", "Upgrade"),
    ("Upgrade-Insecure-Requests", "=http.written.upgrade_insecure_requests", "Upgrade_Insecure_Requests"),
    ("User-Agent", "=http.written.user_agent", "User_Agent"),
    ("Via", "=http.written.via", "Via"),
    ("Warning", "=http.written.warning", "Warning"),
    ("X-ATT-DeviceId", "=http.written.x_att_deviceid", "X_ATT_DeviceId"),
    ("X-Correlation-ID", "=http.written.x_correlation_id", "X_Correlation_ID"),
    ("X-Csrf-Token", "=http.written.x_csrf_token", "X_Csrf_Token"),
    ("X-Forwarded-For", "=http.written.x_forwarded_for", "X_Forwarded_For"),
    ("X-Forwarded-Host", "=http.written.x_forwarded_host", "X_Forwarded_Host"),
    ("X-Forwarded-Proto", "=http.written.x_forwarded_proto", "X_Forwarded_Proto"),
    ("X-Http-Method-Override", "=http.written.x_http_method_override", "X_Http_Method_Override"),
    ("X-Request-ID", "=http.written.x_request_id", "X_Request_ID"),
    ("X-Requested-With", "=http.written.x_requested_with", "X_Requested_With"),
    ("X-UIDH", "=http.written.x_uidh", "X_UIDH"),
    ("X-Wap-Profile", "=http.written.x_wap_profile", "X_Wap_Profile"),
];

/// IANA "HTTP Field Name Registry", those of responses, and of what is usual beside it; sorted.
const ANSWERED: &[Header] = &[
    ("Accept-Patch", "=http.written.accept_patch", "Accept_Patch"),
    ("Accept-Ranges", "=http.written.accept_ranges", "Accept_Ranges"),
    (
        "Access-Control-Allow-Credentials",
        "=http.written.access_control_allow_credentials",
        "Access_Control_Allow_Credentials",
    ),
    (
        "Access-Control-Allow-Headers",
        "=http.written.access_control_allow_headers",
        "Access_Control_Allow_Headers",
    ),
    (
        "Access-Control-Allow-Methods",
        "=http.written.access_control_allow_methods",
        "Access_Control_Allow_Methods",
    ),
    (
        "Access-Control-Allow-Origin",
        "=http.written.access_control_allow_origin",
        "Access_Control_Allow_Origin",
    ),
    (
        "Access-Control-Expose-Headers",
        "=http.written.access_control_expose_headers",
        "Access_Control_Expose_Headers",
    ),
    ("Access-Control-Max-Age", "=http.written.access_control_max_age", "Access_Control_Max_Age"),
    ("Age", "=http.written.age", "Age"),
    ("Allow", "=http.written.allow", "Allow"),
    ("Alt-Svc", "=http.written.alt_svc", "Alt_Svc"),
    ("Cache-Control", "=http.written.cache_control", "Cache_Control"),
    ("Connection", "=http.written.connection", "Connection"),
    ("Content-Disposition", "=http.written.content_disposition", "Content_Disposition"),
    ("Content-Encoding", "=http.written.content_encoding", "Content_Encoding"),
    ("Content-Language", "=http.written.content_language", "Content_Language"),
    ("Content-Length", "=http.written.content_length", "Content_Length"),
    ("Content-Location", "=http.written.content_location", "Content_Location"),
    ("Content-MD5", "=http.written.content_md5", "Content_MD5"),
    ("Content-Range", "=http.written.content_range", "Content_Range"),
    ("Content-Security-Policy", "=http.written.content_security_policy", "Content_Security_Policy"),
    ("Content-Type", "=http.written.content_type", "Content_Type"),
    ("Date", "=http.written.date", "Date"),
    ("Delta-Base", "=http.written.delta_base", "Delta_Base"),
    ("ETag", "=http.written.etag", "ETag"),
    ("Expires", "=http.written.expires", "Expires"),
    ("IM", "=http.written.im", "IM"),
    ("Keep-Alive", "=http.written.keep_alive", "Keep_Alive"),
    ("Last-Modified", "=http.written.last_modified", "Last_Modified"),
    ("Link", "=http.written.link", "Link"),
    ("Location", "=http.written.location", "Location"),
    ("P3P", "=http.written.p3p", "P3P"),
    ("Permanent", "=http.written.permanent", "Permanent"),
    ("Pragma", "=http.written.pragma", "Pragma"),
    ("Proxy-Authenticate", "=http.written.proxy_authenticate", "Proxy_Authenticate"),
    ("Public-Key-Pins", "=http.written.public_key_pins", "Public_Key_Pins"),
    ("Refresh", "=http.written.refresh", "Refresh"),
    ("Retry-After", "=http.written.retry_after", "Retry_After"),
    ("Server", "=http.written.server", "Server"),
    ("Set-Cookie", "=http.written.set_cookie", "Set_Cookie"),
    ("Status", "=http.written.status", "Status"),
    ("Strict-Transport-Security", "=http.written.strict_transport_security", "Strict_Transport_Security"),
    ("Timing-Allow-Origin", "=http.written.timing_allow_origin", "Timing_Allow_Origin"),
    ("Tk", "=http.written.tk", "Tk"),
    ("Trailer", "=http.written.trailer", "Trailer"),
    ("Transfer-Encoding", "=http.written.transfer_encoding", "Transfer_Encoding"),
    ("Upgrade", "=http.written.upgrade", "Upgrade"),
    ("Vary", "=http.written.vary", "Vary"),
    ("Via", "=http.written.via", "Via"),
    ("WWW-Authenticate", "=http.written.www_authenticate", "WWW_Authenticate"),
    ("Warning", "=http.written.warning", "Warning"),
    ("X-Content-Duration", "=http.written.x_content_duration", "X_Content_Duration"),
    ("X-Content-Security-Policy", "=http.written.x_content_security_policy", "X_Content_Security_Policy"),
    ("X-Content-Type-Options", "=http.written.x_content_type_options", "X_Content_Type_Options"),
    ("X-Correlation-ID", "=http.written.x_correlation_id", "X_Correlation_ID"),
    ("X-Frame-Options", "=http.written.x_frame_options", "X_Frame_Options"),
    ("X-Powered-By", "=http.written.x_powered_by", "X_Powered_By"),
    ("X-Request-ID", "=http.written.x_request_id", "X_Request_ID"),
    ("X-UA-Compatible", "=http.written.x_ua_compatible", "X_UA_Compatible"),
    ("X-WebKit-CSP", "=http.written.x_webkit_csp", "X_WebKit_CSP"),
    ("X-XSS-Protection", "=http.written.x_xss_protection", "X_XSS_Protection"),
];

/// The crafter's fields of both.
pub(super) fn fields() -> Vec<Field> {
    let hidden = |name: &'static str, craft: &'static str| -> Field {
        text(name, rest()).craft(craft).hidden().doc("as it is written")
    };
    let first = [
        ("=http.written.method", "Method"),
        ("=http.written.path", "Path"),
        ("=http.written.version", "Http_Version"),
        ("=http.written.code", "Status_Code"),
        ("=http.written.phrase", "Reason_Phrase"),
    ];
    let mut fields: Vec<Field> = first.into_iter().map(|(name, craft)| hidden(name, craft)).collect();
    for (_, name, craft) in ASKED.iter().chain(ANSWERED) {
        if !fields.iter().any(|field| field.name == *name) {
            fields.push(hidden(name, craft));
        }
    }
    debug_assert!(fields.iter().all(|field| matches!(field.size, Size::Rest)));
    fields
}

/// Writes what the layer's name says; a layer that is neither has no octets.
pub(super) fn write(build: &mut dyn Build) {
    let first: [(&str, &[u8]); 3] = match build.layer() {
        "HTTPRequest" => [("method", b"GET"), ("path", b"/"), ("version", b"HTTP/1.1")],
        "HTTPResponse" => [("version", b"HTTP/1.1"), ("code", b"200"), ("phrase", b"OK")],
        _ => return,
    };
    let headers = if build.layer() == "HTTPRequest" { ASKED } else { ANSWERED };
    for ((name, usual), behind) in first.into_iter().zip([" ", " ", "\r\n"]) {
        let given = build.octets(&format!("=http.written.{name}"));
        build.put(&given.unwrap_or_else(|| usual.to_vec()));
        build.put(behind.as_bytes());
    }
    for (name, field, _) in headers {
        let given = build.octets(field);
        // a header without a value is none
        if given.as_ref().is_some_and(Vec::is_empty) || given.is_none() && *name != "Content-Length" {
            continue;
        }
        build.put(name.as_bytes());
        build.put(b": ");
        match given {
            Some(value) => build.put(&value),
            None => build.put_payload_digits(),
        }
        build.put(b"\r\n");
    }
    build.put(b"\r\n");
}
