//! Numbers of the IANA registries "Internet Security Association and Key Management Protocol (ISAKMP) Identifiers", "Internet Key
//! Exchange (IKE) Attributes" and "Internet Key Exchange Version 2 (IKEv2) Parameters".

/// IANA "Next Payload Types" of ISAKMP, and "IKEv2 Payload Types".
pub(super) const PAYLOADS: &[(u64, &str)] = &[
    (0, "NONE / No Next Payload"),
    (1, "Security Association"),
    (2, "Proposal"),
    (3, "Transform"),
    (4, "Key Exchange"),
    (5, "Identification"),
    (6, "Certificate"),
    (7, "Certificate Request"),
    (8, "Hash"),
    (9, "Signature"),
    (10, "Nonce"),
    (11, "Notification"),
    (12, "Delete"),
    (13, "Vendor ID"),
    (14, "Configuration"),
    (20, "NAT-D (RFC 3947)"),
    (21, "NAT-OA (RFC 3947)"),
    (33, "Security Association"),
    (34, "Key Exchange"),
    (35, "Identification - Initiator"),
    (36, "Identification - Responder"),
    (37, "Certificate"),
    (38, "Certificate Request"),
    (39, "Authentication"),
    (40, "Nonce"),
    (41, "Notify"),
    (42, "Delete"),
    (43, "Vendor ID"),
    (44, "Traffic Selector - Initiator"),
    (45, "Traffic Selector - Responder"),
    (46, "Encrypted and Authenticated"),
    (47, "Configuration"),
    (48, "Extensible Authentication"),
    (49, "Generic Secure Password Method"),
    (50, "Group Identification"),
    (51, "Group Security Association"),
    (52, "Key Download"),
    (53, "Encrypted and Authenticated Fragment"),
    (54, "Puzzle Solution"),
];

/// scapy's names of payloads.
pub(super) const WORDS: &[(u64, &str)] = &[
    (1, "SA"),
    (4, "KE"),
    (5, "ID"),
    (6, "CERT"),
    (7, "CR"),
    (9, "SIG"),
    (13, "VendorID"),
    (33, "SA"),
    (34, "KE"),
    (35, "IDi"),
    (36, "IDr"),
    (44, "TSi"),
    (45, "TSr"),
    (46, "Encrypted"),
    (47, "CP"),
    (48, "EAP"),
];

pub(super) const EXCHANGES: &[(u64, &str)] = &[
    (0, "NONE"),
    (1, "Base"),
    (2, "Identity Protection (Main Mode)"),
    (3, "Authentication Only"),
    (4, "Aggressive"),
    (5, "Informational"),
    (6, "Transaction (Config Mode)"),
    (32, "Quick Mode"),
    (33, "New Group Mode"),
    (34, "IKE_SA_INIT"),
    (35, "IKE_AUTH"),
    (36, "CREATE_CHILD_SA"),
    (37, "INFORMATIONAL"),
    (38, "IKE_SESSION_RESUME"),
    (43, "IKE_INTERMEDIATE"),
    (44, "IKE_FOLLOWUP_KE"),
];

pub(super) const PROTOCOLS: &[(u64, &str)] =
    &[(0, "reserved"), (1, "ISAKMP"), (2, "IPSEC_AH"), (3, "IPSEC_ESP"), (4, "IPCOMP")];

pub(super) const DOIS: &[(u64, &str)] = &[(0, "ISAKMP"), (1, "IPSEC"), (2, "GDOI")];

pub(super) const IDENTITIES: &[(u64, &str)] = &[
    (1, "IPV4_ADDR"),
    (2, "FQDN"),
    (3, "USER_FQDN"),
    (4, "IPV4_ADDR_SUBNET"),
    (5, "IPV6_ADDR"),
    (6, "IPV6_ADDR_SUBNET"),
    (7, "IPV4_ADDR_RANGE"),
    (8, "IPV6_ADDR_RANGE"),
    (9, "DER_ASN1_DN"),
    (10, "DER_ASN1_GN"),
    (11, "KEY_ID"),
];

/// IANA "IPSEC NOTIFY Message Types" and "IKEv2 Notify Message Types".
pub(super) const NOTIFICATIONS: &[(u64, &str)] = &[
    (1, "UNSUPPORTED_CRITICAL_PAYLOAD"),
    (4, "INVALID_IKE_SPI"),
    (5, "INVALID_MAJOR_VERSION"),
    (7, "INVALID_SYNTAX"),
    (9, "INVALID_MESSAGE_ID"),
    (11, "INVALID_SPI"),
    (14, "NO_PROPOSAL_CHOSEN"),
    (17, "INVALID_KE_PAYLOAD"),
    (18, "INVALID-ID-INFORMATION"),
    (24, "AUTHENTICATION_FAILED"),
    (34, "SINGLE_PAIR_REQUIRED"),
    (35, "NO_ADDITIONAL_SAS"),
    (36, "INTERNAL_ADDRESS_FAILURE"),
    (37, "FAILED_CP_REQUIRED"),
    (38, "TS_UNACCEPTABLE"),
    (39, "INVALID_SELECTORS"),
    (43, "TEMPORARY_FAILURE"),
    (44, "CHILD_SA_NOT_FOUND"),
    (16384, "INITIAL_CONTACT"),
    (16385, "SET_WINDOW_SIZE"),
    (16386, "ADDITIONAL_TS_POSSIBLE"),
    (16387, "IPCOMP_SUPPORTED"),
    (16388, "NAT_DETECTION_SOURCE_IP"),
    (16389, "NAT_DETECTION_DESTINATION_IP"),
    (16390, "COOKIE"),
    (16391, "USE_TRANSPORT_MODE"),
    (16392, "HTTP_CERT_LOOKUP_SUPPORTED"),
    (16393, "REKEY_SA"),
    (16394, "ESP_TFC_PADDING_NOT_SUPPORTED"),
    (16395, "NON_FIRST_FRAGMENTS_ALSO"),
    (16396, "MOBIKE_SUPPORTED"),
    (16400, "UPDATE_SA_ADDRESSES"),
    (16404, "MULTIPLE_AUTH_SUPPORTED"),
    (16406, "REDIRECT_SUPPORTED"),
    (16407, "REDIRECT"),
    (16417, "EAP_ONLY_AUTHENTICATION"),
    (16420, "QUICK_CRASH_DETECTION"),
    (16430, "IKEV2_FRAGMENTATION_SUPPORTED"),
    (16431, "SIGNATURE_HASH_ALGORITHMS"),
    (16435, "USE_PPK"),
    (16438, "INTERMEDIATE_EXCHANGE_SUPPORTED"),
    (36136, "R-U-THERE"),
    (36137, "R-U-THERE-ACK"),
];

pub(super) const CERTIFICATES: &[(u64, &str)] = &[
    (1, "PKCS #7 wrapped X.509"),
    (2, "PGP"),
    (4, "X.509 - signature"),
    (5, "X.509 - key exchange"),
    (7, "certificate revocation list"),
    (10, "SPKI"),
    (11, "raw RSA key"),
    (12, "hash and URL of X.509"),
    (13, "hash and URL of a bundle"),
    (14, "OCSP content"),
    (15, "raw public key"),
];

pub(super) const AUTHENTICATIONS: &[(u64, &str)] = &[
    (1, "RSA digital signature"),
    (2, "shared key message integrity code"),
    (3, "DSS digital signature"),
    (9, "ECDSA with SHA-256 on P-256"),
    (10, "ECDSA with SHA-384 on P-384"),
    (11, "ECDSA with SHA-512 on P-521"),
    (12, "generic secure password"),
    (13, "null"),
    (14, "digital signature"),
];

pub(super) const TRANSFORMS: &[(u64, &str)] = &[
    (1, "Encryption Algorithm (ENCR)"),
    (2, "Pseudo-random Function (PRF)"),
    (3, "Integrity Algorithm (INTEG)"),
    (4, "Key Exchange Method (KE)"),
    (5, "Extended Sequence Numbers (ESN)"),
];

pub(super) const TRANSFORM_WORDS: &[(u64, &str)] =
    &[(1, "Encryption"), (2, "PRF"), (3, "Integrity"), (4, "GroupDesc"), (5, "Extended Sequence Number")];

pub(super) const CIPHERS: &[(u64, &str)] = &[
    (2, "ENCR_DES"),
    (3, "ENCR_3DES"),
    (11, "ENCR_NULL"),
    (12, "ENCR_AES_CBC"),
    (13, "ENCR_AES_CTR"),
    (14, "ENCR_AES_CCM_8"),
    (15, "ENCR_AES_CCM_12"),
    (16, "ENCR_AES_CCM_16"),
    (18, "ENCR_AES_GCM_8"),
    (19, "ENCR_AES_GCM_12"),
    (20, "ENCR_AES_GCM_16"),
    (23, "ENCR_CAMELLIA_CBC"),
    (28, "ENCR_CHACHA20_POLY1305"),
];

pub(super) const PRFS: &[(u64, &str)] = &[
    (1, "PRF_HMAC_MD5"),
    (2, "PRF_HMAC_SHA1"),
    (4, "PRF_AES128_XCBC"),
    (5, "PRF_HMAC_SHA2_256"),
    (6, "PRF_HMAC_SHA2_384"),
    (7, "PRF_HMAC_SHA2_512"),
    (8, "PRF_AES128_CMAC"),
];

pub(super) const INTEGRITIES: &[(u64, &str)] = &[
    (0, "NONE"),
    (1, "AUTH_HMAC_MD5_96"),
    (2, "AUTH_HMAC_SHA1_96"),
    (5, "AUTH_AES_XCBC_96"),
    (8, "AUTH_AES_CMAC_96"),
    (12, "AUTH_HMAC_SHA2_256_128"),
    (13, "AUTH_HMAC_SHA2_384_192"),
    (14, "AUTH_HMAC_SHA2_512_256"),
];

pub(super) const GROUPS: &[(u64, &str)] = &[
    (0, "NONE"),
    (1, "768 bit MODP group"),
    (2, "1024 bit MODP group"),
    (5, "1536 bit MODP group"),
    (14, "2048 bit MODP group"),
    (15, "3072 bit MODP group"),
    (16, "4096 bit MODP group"),
    (17, "6144 bit MODP group"),
    (18, "8192 bit MODP group"),
    (19, "256-bit random ECP group"),
    (20, "384-bit random ECP group"),
    (21, "521-bit random ECP group"),
    (31, "Curve25519"),
    (32, "Curve448"),
    (35, "ML-KEM-512"),
    (36, "ML-KEM-768"),
    (37, "ML-KEM-1024"),
];

/// RFC 2409 appendix A.
pub(super) const ATTRIBUTES: &[(u64, &str)] = &[
    (1, "Encryption-Algorithm"),
    (2, "Hash-Algorithm"),
    (3, "Authentication-Method"),
    (4, "Group-Description"),
    (5, "Group-Type"),
    (6, "Group-Prime"),
    (7, "Group-Generator-One"),
    (8, "Group-Generator-Two"),
    (9, "Group-Curve-A"),
    (10, "Group-Curve-B"),
    (11, "Life-Type"),
    (12, "Life-Duration"),
    (13, "PRF"),
    (14, "Key-Length"),
    (15, "Field-Size"),
    (16, "Group-Order"),
];

/// RFC 2407 §4.5.
pub(super) const IPSEC_ATTRIBUTES: &[(u64, &str)] = &[
    (1, "SA-Life-Type"),
    (2, "SA-Life-Duration"),
    (3, "Group-Description"),
    (4, "Encapsulation-Mode"),
    (5, "Authentication-Algorithm"),
    (6, "Key-Length"),
    (7, "Key-Rounds"),
    (8, "Compress-Dictionary-Size"),
    (9, "Compress-Private-Algorithm"),
    (10, "ECN Tunnel"),
];

pub(super) const CONFIGURATIONS: &[(u64, &str)] = &[
    (1, "INTERNAL_IP4_ADDRESS"),
    (2, "INTERNAL_IP4_NETMASK"),
    (3, "INTERNAL_IP4_DNS"),
    (4, "INTERNAL_IP4_NBNS"),
    (6, "INTERNAL_IP4_DHCP"),
    (7, "APPLICATION_VERSION"),
    (8, "INTERNAL_IP6_ADDRESS"),
    (10, "INTERNAL_IP6_DNS"),
    (12, "INTERNAL_IP6_DHCP"),
    (13, "INTERNAL_IP4_SUBNET"),
    (14, "SUPPORTED_ATTRIBUTES"),
    (15, "INTERNAL_IP6_SUBNET"),
    (25, "INTERNAL_DNS_DOMAIN"),
];

pub(super) const FLAGS: &[&str] =
    &["encryption", "commit", "auth_only", "Initiator", "Version", "Response", "res6", "res7"];
