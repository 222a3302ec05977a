//! What RADIUS attributes are called and hold, under the names of the dictionaries that servers share: those of RFCs that are no more than a
//! name and a kind of value, and what vendors number (RFC 2865 §5.26).
//!
//! Vendors that leave the usual layout (a type and a length of one octet each) are not here: theirs stay octets.

use crate::schema::{
    Field, Item, Size, be24, be32, block, bytes, ipv4, ipv6, label, look, not, repeat, rest, text, u8,
    unix_time, val, when,
};

/// Attributes of RFCs: number, what the value is (`s` text, `x` octets, `n` number, `a` and `i` addresses of IPv4 and IPv6, `t` time;
/// with `+`, a tag stands before it, RFC 2868 §3.1), its name and the tag's.
const STANDARD: &str = "2x User_Password_encrypted 3x CHAP_Password 10n Framed_Routing 13n Framed_Compression 15n Login_Service 19s Callback_Number \
     20s Callback_Id 24x State 25x Class 33x Proxy_State 34s Login_LAT_Service 35s Login_LAT_Node \
     36x Login_LAT_Group 39s Framed_AppleTalk_Zone 50s Acct_Multi_Session_Id 57n Ingress_Filters \
     58s Egress_VLAN_Name 59x User_Priority_Table 60x CHAP_Challenge 63s Login_LAT_Port \
     64n+ Tunnel_Type Tunnel_Type.tag 65n+ Tunnel_Medium_Type Tunnel_Medium_Type.tag \
     66s+ Tunnel_Client_Endpoint Tunnel_Client_Endpoint.tag \
     67s+ Tunnel_Server_Endpoint Tunnel_Server_Endpoint.tag 68s Acct_Tunnel_Connection \
     69x+ Tunnel_Password_encrypted Tunnel_Password.tag 70x ARAP_Password 71x ARAP_Features 72n ARAP_Zone_Access \
     74s ARAP_Security_Data 76n Prompt 77s Connect_Info 78s Configuration_Token 79x EAP_Message \
     81s+ Tunnel_Private_Group_Id Tunnel_Private_Group_Id.tag 82s+ Tunnel_Assignment_Id Tunnel_Assignment_Id.tag \
     84x ARAP_Challenge_Response 89s Chargeable_User_Identity \
     90s+ Tunnel_Client_Auth_Id Tunnel_Client_Auth_Id.tag 91s+ Tunnel_Server_Auth_Id Tunnel_Server_Auth_Id.tag \
     92s NAS_Filter_Rule 94s Originating_Line_Info 95i NAS_IPv6_Address 96x Framed_Interface_Id \
     97x Framed_IPv6_Prefix 98i Login_IPv6_Host 99s Framed_IPv6_Route 100s Framed_IPv6_Pool 101n Error_Cause \
     102s EAP_Key_Name 103s Digest_Response 123x Delegated_IPv6_Prefix 124x MIP6_Feature_Vector \
     125x MIP6_Home_Link_Prefix 127x Location_Information 128x Location_Data 129x Basic_Location_Policy_Rules \
     130s Extended_Location_Policy_Rules 131n Location_Capable 132n Requested_Location_Info \
     133n Framed_Management 134n Management_Transport_Protection 135s Management_Policy_Id 137x PKM_SS_Cert \
     138x PKM_CA_Cert 139x PKM_Config_Settings 140x PKM_Cryptosuite_List 141n PKM_SAID 142x PKM_SA_Descriptor \
     143x PKM_Auth_Key 144s DS_Lite_Tunnel_Name 145x Mobile_Node_Identifier 146s Service_Selection \
     147i PMIP6_Home_LMA_IPv6_Address 148i PMIP6_Visited_LMA_IPv6_Address 151x PMIP6_Home_HN_Prefix \
     152x PMIP6_Visited_HN_Prefix 153x PMIP6_Home_Interface_ID 154x PMIP6_Visited_Interface_ID \
     155x PMIP6_Home_IPv4_HoA 156x PMIP6_Visited_IPv4_HoA 159i PMIP6_Home_DHCP6_Server_Address \
     160i PMIP6_Visited_DHCP6_Server_Address 163n EAP_Lower_Layer 164s GSS_Acceptor_Service_Name \
     165s GSS_Acceptor_Host_Name 166s GSS_Acceptor_Service_Specifics 167s GSS_Acceptor_Realm_Name \
     168i Framed_IPv6_Address 169i DNS_Server_IPv6_Address 170x Route_IPv6_Information \
     171s Delegated_IPv6_Prefix_Pool 172s Stateful_IPv6_Address_Pool 173x IPv6_6rd_Configuration";

/// Vendor (IANA "Private Enterprise Numbers"), what its fields are, and its attributes.
const VENDORS: &[(u64, &str, &str)] = &[
    (
        9,
        "attribute of Cisco",
        "1s Cisco_AVPair 2s Cisco_NAS_Port 3s Cisco_Fax_Account_Id_Origin 4s Cisco_Fax_Msg_Id \
         5s Cisco_Fax_Pages 6s Cisco_Fax_Coverpage_Flag 7s Cisco_Fax_Modem_Time 8s Cisco_Fax_Connect_Speed \
         9s Cisco_Fax_Recipient_Count 10s Cisco_Fax_Process_Abort_Flag 11s Cisco_Fax_Dsn_Address \
         12s Cisco_Fax_Dsn_Flag 13s Cisco_Fax_Mdn_Address 14s Cisco_Fax_Mdn_Flag 15s Cisco_Fax_Auth_Status \
         16s Cisco_Email_Server_Address 17s Cisco_Email_Server_Ack_Flag 18s Cisco_Gateway_Id \
         19s Cisco_Call_Type 20s Cisco_Port_Used 21s Cisco_Abort_Cause 23s h323_remote_address \
         24s h323_conf_id 25s h323_setup_time 26s h323_call_origin 27s h323_call_type 28s h323_connect_time \
         29s h323_disconnect_time 30s h323_disconnect_cause 31s h323_voice_quality 33s h323_gw_id \
         35s h323_incoming_conf_id 37s Cisco_Policy_Up 38s Cisco_Policy_Down 100s sip_conf_id \
         101s h323_credit_amount 102s h323_credit_time 103s h323_return_code 104s h323_prompt_id \
         105s h323_time_and_day 106s h323_redirect_number 107s h323_preferred_lang \
         108s h323_redirect_ip_address 109s h323_billing_model 110s h323_currency 111s subscriber \
         112s gw_rxd_cdn 113s gw_final_xlated_cdn 114s remote_media_address 115s release_source \
         116s gw_rxd_cgn 117s gw_final_xlated_cgn 141s call_id 142s session_protocol 143s method \
         144s prev_hop_via 145s prev_hop_ip 146s incoming_req_uri 147s outgoing_req_uri 148s next_hop_ip \
         149s next_hop_dn 150s sip_hdr 151s dsp_id 187n Cisco_Multilink_ID 188n Cisco_Num_In_Multilink \
         190n Cisco_Pre_Input_Octets 191n Cisco_Pre_Output_Octets 192n Cisco_Pre_Input_Packets \
         193n Cisco_Pre_Output_Packets 194n Cisco_Maximum_Time 195n Cisco_Disconnect_Cause \
         197n Cisco_Data_Rate 198n Cisco_PreSession_Time 208n Cisco_PW_Lifetime 209n Cisco_IP_Direct \
         210n Cisco_PPP_VJ_Slot_Comp 212n Cisco_PPP_Async_Map 217s Cisco_IP_Pool_Definition \
         218n Cisco_Assign_IP_Pool 228n Cisco_Route_IP 233n Cisco_Link_Compression 234n Cisco_Target_Util \
         235n Cisco_Maximum_Channels 242n Cisco_Data_Filter 243n Cisco_Call_Filter 244n Cisco_Idle_Limit \
         249s Cisco_Subscriber_Password 250s Cisco_Account_Info 251s Cisco_Service_Info \
         252s Cisco_Command_Code 253s Cisco_Control_Info 255n Cisco_Xmit_Rate",
    ),
    (
        11,
        "attribute of HP",
        "1n HP_Privilege_Level 2s HP_Command_String 3n HP_Command_Exception 10n HP_Port_Client_Limit_Dot1x \
         11n HP_Port_Client_Limit_MA 12n HP_Port_Client_Limit_WA 13n HP_Port_Auth_Mode_Dot1x \
         23n HP_Port_Bounce_Host 24s HP_Captive_Portal_URL 26n HP_Management_Protocol 40s HP_Cos \
         46n HP_Bandwidth_Max_Ingress 48n HP_Bandwidth_Max_Egress 61s HP_Nas_Filter_Rule \
         63n HP_Nas_Rules_IPv6 64n HP_Egress_VLANID 65s HP_Egress_VLAN_Name 255x HP_Capability_Advert",
    ),
    (
        66,
        "attribute of Citrix",
        "10n Citrix_UID 11n Citrix_GID 12s Citrix_Home 13s Citrix_Shell 14s Citrix_Group_Names \
         15s Citrix_Group_Ids 16s Citrix_User_Groups",
    ),
    (
        171,
        "attribute of Dlink",
        "1n Dlink_User_Level 2n Dlink_Ingress_Bandwidth_Assignment 3n Dlink_Egress_Bandwidth_Assignment \
         4n Dlink_1p_Priority 10s Dlink_VLAN_Name 11s Dlink_VLAN_ID 12s Dlink_ACL_Profile 13s Dlink_ACL_Rule \
         14s Dlink_ACL_Script",
    ),
    (
        311,
        "attribute of Microsoft",
        "1x MS_CHAP_Response 2s MS_CHAP_Error 3x MS_CHAP_CPW_1 4x MS_CHAP_CPW_2 5x MS_CHAP_LM_Enc_PW \
         6x MS_CHAP_NT_Enc_PW 7n MS_MPPE_Encryption_Policy 8n MS_MPPE_Encryption_Types 9n MS_RAS_Vendor \
         10s MS_CHAP_Domain 11x MS_CHAP_Challenge 12x MS_CHAP_MPPE_Keys 13n MS_BAP_Usage \
         14n MS_Link_Utilization_Threshold 15n MS_Link_Drop_Time_Limit 16x MS_MPPE_Send_Key \
         17x MS_MPPE_Recv_Key 18s MS_RAS_Version 19x MS_Old_ARAP_Password 20x MS_New_ARAP_Password \
         21n MS_ARAP_PW_Change_Reason 22x MS_Filter 23n MS_Acct_Auth_Type 24n MS_Acct_EAP_Type \
         25x MS_CHAP2_Response 26x MS_CHAP2_Success 27x MS_CHAP2_CPW 28a MS_Primary_DNS_Server \
         29a MS_Secondary_DNS_Server 30a MS_Primary_NBNS_Server 31a MS_Secondary_NBNS_Server \
         34s MS_RAS_Client_Name 35s MS_RAS_Client_Version 36x MS_Quarantine_IPFilter \
         37n MS_Quarantine_Session_Timeout 40s MS_User_Security_Identity 41n MS_Identity_Type \
         42s MS_Service_Class 44s MS_Quarantine_User_Class 45n MS_Quarantine_State \
         46n MS_Quarantine_Grace_Time 47n MS_Network_Access_Server_Type 48n MS_AFW_Zone \
         49n MS_AFW_Protection_Level 50s MS_Machine_Name 51x MS_IPv6_Filter 52x MS_IPv4_Remediation_Servers \
         53x MS_IPv6_Remediation_Servers 54n MS_RNAP_Not_Quarantine_Capable 55x MS_Quarantine_SOH \
         56x MS_RAS_Correlation 57n MS_Extended_Quarantine_State 58s MS_HCAP_User_Groups \
         59s MS_HCAP_Location_Group_Name 60s MS_HCAP_User_Name 61a MS_User_IPv4_Address \
         62i MS_User_IPv6_Address 63n MS_TSG_Device_Redirection",
    ),
    (
        890,
        "attribute of Zyxel",
        "3s Zyxel_Privilege_AVPair 192n Zyxel_Callback_Option 193n Zyxel_Callback_Phone_Source",
    ),
    (
        1588,
        "attribute of Brocade",
        "1s Brocade_Auth_Role 2s Brocade_AVPairs1 3s Brocade_AVPairs2 4s Brocade_AVPairs3 5s Brocade_AVPairs4 \
         6s Brocade_Passwd_ExpiryDate 7s Brocade_Passwd_WarnPeriod",
    ),
    (
        1916,
        "attribute of Extreme",
        "1n Extreme_Service_Type 2s Extreme_Current_SSID 3s Extr_Wlan_Allowed_SSID 4n Extreme_Wlan_Index \
         5n Extr_Wlan_QoS_Profile 6s Extr_Wlan_Allowed_Radio 7s Guest_User_Expiry_Date_Time \
         8s Guest_User_Start_Date_Time 9s Extr_MU_Posture_Status 10n Extreme_Downlink_Limit_Kbps \
         11n Extreme_Uplink_Limit_Kbps 12s Extreme_User_Group 100n Extreme_Login_Service \
         101a Extreme_NAS_IP_Address 201n Extreme_CLI_Authorization 202s Extreme_Shell_Command \
         203s Extreme_Netlogin_Vlan 204s Extreme_Netlogin_Url 205s Extreme_Netlogin_Url_Desc \
         206n Extreme_Netlogin_Only 208s Extreme_User_Location 209n Extreme_Netlogin_Vlan_Tag \
         211s Extreme_Netlogin_Extended_Vlan 212s Extreme_Security_Profile 213s Extreme_VM_Name \
         214s Extreme_VM_VPP_Name 215a Extreme_VM_IP_Addr 216n Extreme_VM_VLAN_ID 217s Extreme_VM_VR_Name \
         218s Extreme_Netlogin_VR_Name 230n+ Extreme_NSI_Type Extreme_NSI_Type.tag \
         231s+ Extreme_NSI_ID Extreme_NSI_ID.tag 233s Extreme_Email_Address",
    ),
    (
        1991,
        "attribute of Foundry",
        "1n Foundry_Privilege_Level 2s Foundry_Command_String 3n Foundry_Command_Exception_Flag \
         4n Foundry_INM_Privilege 5s Foundry_Access_List 8n Foundry_MAC_Based_Vlan_QoS \
         9s Foundry_INM_Role_Aor_List 10s Foundry_SI_Context_Role 11s Foundry_SI_Role_Template",
    ),
    (
        2011,
        "attribute of Huawei",
        "1n Huawei_Input_Burst_Size 2n Huawei_Input_Average_Rate 3n Huawei_Input_Peak_Rate \
         4n Huawei_Output_Burst_Size 5n Huawei_Output_Average_Rate 6n Huawei_Output_Peak_Rate \
         7n Huawei_In_Kb_Before_T_Switch 8n Huawei_Out_Kb_Before_T_Switch 9n Huawei_In_Pkt_Before_T_Switch \
         10n Huawei_Out_Pkt_Before_T_Switch 11n Huawei_In_Kb_After_T_Switch 12n Huawei_Out_Kb_After_T_Switch \
         13n Huawei_In_Pkt_After_T_Switch 14n Huawei_Out_Pkt_After_T_Switch 15n Huawei_Remanent_Volume \
         16n Huawei_Tariff_Switch_Interval 17s Huawei_ISP_ID 18n Huawei_Max_Users_Per_Logic_Port \
         20n Huawei_Command 22n Huawei_Priority 24n Huawei_Control_Identifier 25n Huawei_Result_Code \
         26n Huawei_Connect_ID 27s Huawei_PortalURL 28s Huawei_FTP_Directory 29n Huawei_Exec_Privilege \
         30n Huawei_IP_Address 31s Huawei_Qos_Profile_Name 32s Huawei_SIP_Server 33s Huawei_User_Password \
         34s Huawei_Command_Mode 35n Huawei_Renewal_Time 36n Huawei_Rebinding_Time 37n Huawei_IGMP_Enable \
         39s Huawei_Destnation_IP_Addr 40s Huawei_Destnation_Volume 59n Huawei_Startup_Stamp \
         60s Huawei_IPHost_Addr 61n Huawei_Up_Priority 62n Huawei_Down_Priority \
         63s Huawei_Tunnel_VPN_Instance 64n Huawei_VT_Name 65s Huawei_User_Date 66s Huawei_User_Class \
         70n Huawei_PPP_NCP_Type 71s Huawei_VSI_Name 72a Huawei_Subnet_Mask 73a Huawei_Gateway_Address \
         74n Huawei_Lease_Time 75a Huawei_Primary_WINS 76a Huawei_Secondary_WINS \
         77n Huawei_Input_Peak_Burst_Size 78n Huawei_Output_Peak_Burst_Size 79n Huawei_Reduced_CIR \
         80n Huawei_Tunnel_Session_Limit 81s Huawei_Zone_Name 82s Huawei_Data_Filter \
         83s Huawei_Access_Service 84n Huawei_Accounting_Level 85n Huawei_Portal_Mode \
         86s Huawei_DPI_Policy_Name 87a huawei_Policy_Route 88s Huawei_Framed_Pool \
         89s Huawei_L2TP_Terminate_Cause 90n Huawei_Multi_Account_Mode 91s Huawei_Queue_Profile \
         92n Huawei_Layer4_Session_Limit 93s Huawei_Multicast_Profile 94s Huawei_VPN_Instance \
         95s Huawei_Policy_Name 96s Huawei_Tunnel_Group_Name 97s Huawei_Multicast_Source_Group \
         98a Huawei_Multicast_Receive_Group 99n Huawei_User_Multicast_Type 100n Huawei_Reduced_PIR \
         101s Huawei_LI_ID 102a Huawei_LI_Md_Address 103n Huawei_LI_Md_Port 104s Huawei_LI_Md_VpnInstance \
         105n Huawei_Service_Chg_Cmd 106n Huawei_Acct_Packet_Type 107n Huawei_Call_Reference \
         108n Huawei_PSTN_Port 109n Huawei_Voip_Service_Type 110n Huawei_Acct_Connection_Time \
         112n Huawei_Error_Reason 113n Huawei_Remain_Monney 123a Huawei_Org_GK_ipaddr \
         124a Huawei_Org_GW_ipaddr 125a Huawei_Dst_GK_ipaddr 126a Huawei_Dst_GW_ipaddr 127s Huawei_Access_Num \
         128n Huawei_Remain_Time 131n Huawei_Codec_Type 132s Huawei_Transfer_Num 133s Huawei_New_User_Name \
         134s Huawei_Transfer_Station_Id 135a Huawei_Primary_DNS 136a Huawei_Secondary_DNS \
         137n Huawei_ONLY_Account_Type 138s Huawei_Domain_Name 139s Huawei_ANCP_Profile \
         140s Huawei_HTTP_Redirect_URL 141s Huawei_Loopback_Address 142n Huawei_QoS_Profile_Type \
         143n Huawei_Max_List_Num 144n Huawei_Acct_IPv6_Input_Octets 145n Huawei_Acct_IPv6_Output_Octets \
         146n Huawei_Acct_IPv6_Input_Packets 147n Huawei_Acct_IPv6_Output_Packets \
         148n Huawei_Acct_IPv6_Input_Gigawords 149n Huawei_Acct_IPv6_Output_Gigawords \
         150s Huawei_DHCPv6_Option37 151s Huawei_DHCPv6_Option38 153s Huawei_User_Mac \
         154x Huawei_DNS_Server_IPv6_address 155s Huawei_DHCPv4_Option121 156s Huawei_DHCPv4_Option43 \
         157s Huawei_Framed_Pool_Group 158x Huawei_Framed_IPv6_Address 159n Huawei_Acct_Update_Address \
         160s Huawei_NAT_Policy_Name 161s Huawei_NAT_Public_Address 162s Huawei_NAT_Start_Port \
         163s Huawei_NAT_End_Port 164s Huawei_NAT_Port_Forwarding 165n Huawei_NAT_Port_Range_Update \
         166s Huawei_DS_Lite_Tunnel_Name 167s Huawei_PCP_Server_Name 168n Huawei_Public_IP_Addr_State \
         180n Huawei_Auth_Type 181s Huawei_Acct_Terminate_Subcause 182s Huawei_Down_QOS_Profile_Name \
         183n Huawei_Port_Mirror 184s Huawei_Account_Info 185s Huawei_Service_Info 187x Huawei_DHCP_Option \
         188s Huawei_AVpair 191s Huawei_Delegated_IPv6_Prefix_Pool 192x Huawei_IPv6_Prefix_Lease \
         193x Huawei_IPv6_Address_Lease 194x Huawei_IPv6_Policy_Route 196n Huawei_MNG_IPv6 \
         211s Huawei_Flow_Info 212n Huawei_Flow_Id 214a Huawei_DHCP_Server_IP 215n Huawei_Application_Type \
         216x Huawei_Indication_Flag 217a Huawei_Original_NAS_IP_Address 218n Huawei_User_Priority \
         219s Huawei_ACS_Url 220s Huawei_Provision_Code 221x Huawei_Application_Scene \
         222x Huawei_MS_Maximum_MAC_Study_Number 232s Huawei_GGSN_Vendor 233s Huawei_GGSN_Version \
         253s Huawei_Web_URL 254s Huawei_Version 255s Huawei_Product_ID",
    ),
    (
        2636,
        "attribute of Juniper",
        "1s Juniper_Local_User_Name 2s Juniper_Allow_Commands 3s Juniper_Deny_Commands \
         4s Juniper_Allow_Configuration 5s Juniper_Deny_Configuration 8s Juniper_Interactive_Command \
         9s Juniper_Configuration_Change 10s Juniper_User_Permissions 11s Juniper_Junosspace_Profile \
         21n Juniper_CTP_Group 22n Juniper_CTPView_APP_Group 23n Juniper_CTPView_OS_Group \
         31a Juniper_Primary_Dns 32a Juniper_Primary_Wins 33a Juniper_Secondary_Dns \
         34a Juniper_Secondary_Wins 35s Juniper_Interface_id 36s Juniper_Ip_Pool_Name 37n Juniper_Keep_Alive \
         38s Juniper_CoS_Traffic_Control_Profile 39s Juniper_CoS_Parameter 40n Juniper_encapsulation_overhead \
         41n Juniper_cell_overhead 42n Juniper_tx_connect_speed 43n Juniper_rx_connect_speed \
         44s Juniper_Firewall_filter_name 45s Juniper_Policer_Parameter 46s Juniper_Local_Group_Name \
         47s Juniper_Local_Interface 48s Juniper_Switching_Filter 49s Juniper_VoIP_Vlan",
    ),
    (
        3224,
        "attribute of Netscreen",
        "1n NS_Admin_Privilege 2s NS_VSYS_Name 3s NS_User_Group 4a NS_Primary_DNS 5a NS_Secondary_DNS \
         6a NS_Primary_WINS 7a NS_Secondary_WINS 220s NS_NSM_User_Domain_Name 221s NS_NSM_User_Role_Mapping",
    ),
    (
        3375,
        "attribute of F5",
        "1n F5_LTM_User_Role 2n F5_LTM_User_Role_Universal 3s F5_LTM_User_Partition 4n F5_LTM_User_Console \
         5s F5_LTM_User_Shell 10n F5_LTM_User_Context_1 11n F5_LTM_User_Context_2 12s F5_LTM_User_Info_1 \
         13s F5_LTM_User_Info_2 14s F5_LTM_Audit_Msg",
    ),
    (
        3561,
        "attribute of ADSL-Forum",
        "1s ADSL_Agent_Circuit_Id 2s ADSL_Agent_Remote_Id 129n Actual_Data_Rate_Upstream \
         130n Actual_Data_Rate_Downstream 131n Minimum_Data_Rate_Upstream 132n Minimum_Data_Rate_Downstream \
         133n Attainable_Data_Rate_Upstream 134n Attainable_Data_Rate_Downstream \
         135n Maximum_Data_Rate_Upstream 136n Maximum_Data_Rate_Downstream \
         137n Minimum_Data_Rate_Upstream_Low_Power 138n Minimum_Data_Rate_Downstream_Low_Power \
         139n Maximum_Interleaving_Delay_Upstream 140n Actual_Interleaving_Delay_Upstream \
         141n Maximum_Interleaving_Delay_Downstream 142n Actual_Interleaving_Delay_Downstream \
         144x Access_Loop_Encapsulation 252x IWF_Session",
    ),
    (
        4874,
        "attribute of Unisphere",
        "1s Unisphere_Virtual_Router 2s Unisphere_Local_Address_Pool 3s Unisphere_Local_Interface \
         4a Unisphere_Primary_Dns 5a Unisphere_Secondary_Dns 6a Unisphere_Primary_Wins \
         7a Unisphere_Secondary_Wins 8s+ Unisphere_Tunnel_Virtual_Router Unisphere_Tunnel_Virtual_Router.tag \
         9s+ Unisphere_Tunnel_Password Unisphere_Tunnel_Password.tag 10s Unisphere_Ingress_Policy_Name \
         11s Unisphere_Egress_Policy_Name 12n Unisphere_Ingress_Statistics 13n Unisphere_Egress_Statistics \
         14n Unisphere_Service_Category 15n Unisphere_PCR 16n Unisphere_SCR 17n Unisphere_MBS \
         18s Unisphere_Init_CLI_Access_Level 19n Unisphere_Allow_All_VR_Access \
         20s Unisphere_Alt_CLI_Access_Level 21s Unisphere_Alt_CLI_VRouter_Name 22n Unisphere_SA_Validate \
         23n Unisphere_Igmp_Enable 24s Unisphere_Pppoe_Description 25s Unisphere_Redirect_VRouter_Name \
         26s Unisphere_Qos_Profile_Name 27n Unisphere_Pppoe_Max_Sessions 28s Unisphere_Pppoe_Url \
         29n Unisphere_Qos_Profile_Interface_Type 30n Unisphere_Nas_Port_Method 31s Unisphere_Service_Bundle \
         32n Unisphere_Tunnel_Tos 33n+ Unisphere_Tunnel_Max_Sessions Unisphere_Tunnel_Max_Sessions.tag \
         34s Unisphere_Framed_Ip_Route_Tag 35s Unisphere_Tunnel_Dialout_Number 36s Unisphere_PPP_Username \
         37s Unisphere_PPP_Password 38n Unisphere_PPP_Protocol 39n Unisphere_Tunnel_Min_Bps \
         40n Unisphere_Tunnel_Max_Bps 41n Unisphere_Tunnel_Bearer_Type 42n Unisphere_Input_Gigapackets \
         43n Unisphere_Output_Gigapackets 44s Unisphere_Tunnel_Interface_Id 45s Unisphere_IpV6_Virtual_Router \
         46s Unisphere_IpV6_Local_Interface 47i Unisphere_Ipv6_Primary_Dns 48i Unisphere_Ipv6_Secondary_Dns \
         49s Unisphere_Service_Name 50s Unisphere_Session_Volume_Quota 51s Unisphere_Disconnect_Cause \
         52a Unisphere_Radius_Client_Address 53s Unisphere_Service_Description \
         54n Unisphere_L2tp_Recv_Window_Size 55x Unisphere_Dhcp_Options 56s Unisphere_Dhcp_Mac_Addr \
         57a Unisphere_Dhcp_Gi_Address 58n Unisphere_LI_Action 59x Unisphere_Med_Dev_Handle \
         60a Unisphere_Med_Ip_Address 61n Unisphere_Med_Port_Number 62s Unisphere_MLPPP_Bundle_Name \
         63s Unisphere_Interface_Desc 64s Unisphere_Tunnel_Group \
         65s+ Unisphere_Service_Activate Unisphere_Service_Activate.tag 66s Unisphere_Service_Deactivate \
         67n+ Unisphere_Service_Volume Unisphere_Service_Volume.tag \
         68n+ Unisphere_Service_Timeout Unisphere_Service_Timeout.tag \
         69n+ Unisphere_Service_Stats Unisphere_Service_Stats.tag 70n Unisphere_DF_Bit \
         71s Unisphere_IGMP_Access_Name 72s Unisphere_IGMP_Access_Src_Name 73s Unisphere_IGMP_OIF_Map_Name \
         74s Unisphere_MLD_Access_Name 75s Unisphere_MLD_Access_Src_Name 76s Unisphere_MLD_OIF_Map_Name \
         77n Unisphere_MLD_Version 78n Unisphere_IGMP_Version 79n Unisphere_IP_Mcast_Adm_Bw_Limit \
         80n Unisphere_IPv6_Mcast_Adm_Bw_Limit 81s Unisphere_L2c_Access_Loop_Parameters \
         82s Unisphere_Qos_Parameters 83s Unisphere_Service_Session 84n Unisphere_Mobile_IP_Algorithm \
         85n Unisphere_Mobile_IP_SPI 86s Unisphere_Mobile_IP_Key 87n Unisphere_Mobile_IP_Replay \
         88s Unisphere_Mobile_IP_Access_Control 89n Unisphere_Mobile_IP_Lifetime \
         90n Unisphere_L2TP_Resynch_Method 91s Unisphere_Tunnel_Switch_Profile \
         92s Unisphere_L2c_Up_Stream_Data 93s Unisphere_L2c_Down_Stream_Data \
         94n Unisphere_Tunnel_Tx_Speed_Method 95n Unisphere_IGMP_Query_Interval \
         96n Unisphere_IGMP_Max_Resp_Time 97n Unisphere_IGMP_Immediate_Leave 98n Unisphere_MLD_Query_Interval \
         99n Unisphere_MLD_Max_Resp_Time 100n Unisphere_MLD_Immediate_Leave 101n Unisphere_IP_Block_Multicast \
         102n Unisphere_IGMP_Explicit_Tracking 103n Unisphere_IGMP_No_Tracking_V2_Grps \
         104n Unisphere_MLD_Explicit_Tracking 105n Unisphere_MLD_No_Tracking_V1_Grps \
         106s Jnpr_IPv6_Ingress_Policy_Name 107s Jnpr_IPv6_Egress_Policy_Name 108s Jnpr_CoS_Parameter_Type \
         109a Jnpr_DHCP_Guided_Relay_Server 110s Unisphere_Acc_Loop_Cir_Id 111x Unisphere_Acc_Aggr_Cir_Id_Bin \
         112s Unisphere_Acc_Aggr_Cir_Id_Asc 113n Unisphere_Act_Data_Rate_Up 114n Unisphere_Act_Data_Rate_Dn \
         115n Unisphere_Min_Data_Rate_Up 116n Unisphere_Min_Data_Rate_Dn 117n Unisphere_Att_Data_Rate_Up \
         118n Unisphere_Att_Data_Rate_Dn 119n Unisphere_Max_Data_Rate_Up 120n Unisphere_Max_Data_Rate_Dn \
         121n Unisphere_Min_LP_Data_Rate_Up 122n Unisphere_Min_LP_Data_Rate_Dn \
         123n Unisphere_Max_Interlv_Delay_Up 124n Unisphere_Act_Interlv_Delay_Up \
         125n Unisphere_Max_Interlv_Delay_Dn 126n Unisphere_Act_Interlv_Delay_Dn \
         127n Unisphere_DSL_Line_State 128n Unisphere_DSL_Type 129x Unisphere_IPv6_NdRa_Prefix \
         130s Unisphere_Qos_Set_Name 140n+ Unisphere_Service_AcctInt Unisphere_Service_AcctInt.tag \
         141n Unisphere_DownStream_Calc_Rate 142n Unisphere_UpStream_Calc_Rate \
         143n Jnpr_Max_Clients_Per_Interface 144n Unisphere_PPP_Ingress_Only 146s Jnpr_CoS_Scheduler_Pmt_Type \
         147s Unisphere_Backup_Address_Pool 150s Unisphere_ICR_Partition_Id \
         151n Unisphere_IPv6_Acct_Input_Octets 152n Unisphere_IPv6_Acct_Output_Octets \
         153n Unisphere_IPv6_Acct_Input_Packets 154n Unisphere_IPv6_Acct_Output_Packets \
         155n Unisphere_IPv6_Acct_Input_Gigawords 156n Unisphere_IPv6_Acct_Output_Gigawords \
         157s Jnpr_IPv6_NdRa_Pool_Name 158s Jnpr_PppoE_Padn 159x Unisphere_Dhcp_Option_82 \
         160n Jnpr_Vlan_Map_Id 161s Jnpr_IPv6_Delegated_Pool_Name 162n Jnpr_Tx_Connect_Speed \
         163n Jnpr_Rx_Connect_Speed 164s Unisphere_Ipv4_release_control 165s Pcp_Server_Name \
         174s Unisphere_Client_Profile_Name 175a Jnpr_Redirect_GW_Address 176s Jnpr_APN_Name \
         177s Unisphere_Cos_Shaping_Rate 178s Unisphere_Action_Reason \
         179n+ Unisphere_Service_Volume_Gigawords Unisphere_Service_Volume_Gigawords.tag \
         180s+ Unisphere_Update_Service Unisphere_Update_Service.tag 182s Unisphere_Acc_Loop_Remote_Id \
         183x Unisphere_Acc_Loop_Encap 184n Unisphere_Inner_Vlan_Map_Id 185s Unisphere_Core_Facing_Interface \
         186s Unisphere_Pcp_Port_Map 187s Unisphere_vCPE_Lan_Extension 188s Unisphere_vCPE_IPv4_Offload \
         191s Jnpr_Input_Interface_Filter 192s Jnpr_Output_Interface_Filter 194n ERX_Bulk_CoA_Transaction_Id \
         195n ERX_Bulk_CoA_Identifier 196s Unisphere_IPv4_Input_Service_Set \
         197s Unisphere_IPv4_Output_Service_Set 198s Unisphere_IPv4_Input_Service_Filter \
         199s Unisphere_IPv4_Output_Service_Filter 200s Unisphere_IPv6_Input_Service_Set \
         201s Unisphere_IPv6_Output_Service_Set 202s Unisphere_IPv6_Input_Service_Filter \
         203s Unisphere_IPv6_Output_Service_Filter 204s Unisphere_Adv_Pcef_Profile_Name \
         205s Unisphere_Adv_Pcef_Rule_Name",
    ),
    (
        6527,
        "attribute of Alcatel-Lucent-Service-Router",
        "1n Timetra_Access 2s Timetra_Home_Directory 3n Timetra_Restrict_To_Home 4s Timetra_Profile \
         5n Timetra_Default_Action 6s Timetra_Cmd 7n Timetra_Action 8s Timetra_Exec_File 9a Alc_Primary_Dns \
         10a Alc_Secondary_Dns 11s Alc_Subsc_ID_Str 12s Alc_Subsc_Prof_Str 13s Alc_SLA_Prof_Str \
         14s Alc_Force_Renew 15s Alc_Create_Host 16s Alc_ANCP_Str 17n Alc_Retail_Serv_Id \
         18a Alc_Default_Router 19n Alc_Acct_I_Inprof_Octets_64 20n Alc_Acct_I_Outprof_Octets_64 \
         21n Alc_Acct_O_Inprof_Octets_64 22n Alc_Acct_O_Outprof_Octets_64 23n Alc_Acct_I_Inprof_Pkts_64 \
         24n Alc_Acct_I_Outprof_Pkts_64 25n Alc_Acct_O_Inprof_Pkts_64 26n Alc_Acct_O_Outprof_Pkts_64 \
         27s Alc_Client_Hardware_Addr 172s Alc_Wlan_Portal_Redirect 173s Alc_Wlan_Portal_Url \
         174n Alc_Lease_Time 177s Alc_Portal_Url 181s Alc_SLAAC_IPv6_Pool",
    ),
    (
        10415,
        "attribute of 3GPP",
        "1s 3GPP_IMSI 2n 3GPP_Charging_ID 3n 3GPP_PDP_Type 4a 3GPP_Charging_Gateway_Address \
         5s 3GPP_GPRS_Negotiated_QoS_profile 6a 3GPP_SGSN_Address 7a 3GPP_GGSN_Address 8s 3GPP_IMSI_MCC_MNC \
         9s 3GPP_GGSN_MCC_MNC 10s 3GPP_NSAPI 11x 3GPP_Session_Stop_Indicator 12s 3GPP_Selection_Mode \
         13s 3GPP_Charging_Characteristics 14i 3GPP_Charging_Gateway_IPv6_Address 15i 3GPP_SGSN_IPv6_Address \
         16i 3GPP_GGSN_IPv6_Address 17x 3GPP_IPv6_DNS_Servers 18s 3GPP_SGSN_MCC_MNC \
         19x 3GPP_Teardown_Indicator 20s 3GPP_IMEISV 21n 3GPP_RAT_Type 22x 3GPP_User_Location_Info \
         23x 3GPP_MS_TimeZone 24x 3GPP_Camel_Charging_Info 25x 3GPP_Packet_Filter 26n 3GPP_Negotiated_DSCP \
         27n 3GPP_Allocate_IP_Type 28x External_Identifier 29x TWAN_Identifier \
         30x 3GPP_User_Location_Info_Time 31x 3GPP_Secondary_RAT_Usage 32x 3GPP_UE_Local_IP_Address \
         33x 3GPP_UE_Source_Port 110x 3GPP_Notification 111x 3GPP_UE_MAC_Address \
         112x 3GPP_Authorization_Reference 113x 3GPP_Policy_Reference 114x 3GPP_Session_AMBR 115x 3GPP_NAI \
         118x 3GPP_IP_Address_Pool_Info 119x 3GPP_VLAN_Id 120x 3GPP_TNAP_Identifier 121x 3GPP_HFC_NodeId \
         122x 3GPP_GLI 123x 3GPP_Line_Type 124x 3GPP_NID 125x 3GPP_Session_S_NSSAI 126s 3GPP_CHF_FQDN \
         127s 3GPP_Serving_NF_FQDN 128x 3GPP_Session_Id 129x 3GPP_GCI",
    ),
    (
        12356,
        "attribute of Fortinet",
        "1s Fortinet_Group_Name 2a Fortinet_Client_IP_Address 3s Fortinet_Vdom_Name \
         4x Fortinet_Client_IPv6_Address 5s Fortinet_Interface_Name 6s Fortinet_Access_Profile",
    ),
    (
        14122,
        "attribute of WISPr",
        "1s WISPr_Location_ID 2s WISPr_Location_Name 3s WISPr_Logoff_URL 4s WISPr_Redirection_URL \
         5n WISPr_Bandwidth_Min_Up 6n WISPr_Bandwidth_Min_Down 7n WISPr_Bandwidth_Max_Up \
         8n WISPr_Bandwidth_Max_Down 9s WISPr_Session_Terminate_Time 10s WISPr_Session_Terminate_End_Of_Day \
         11s WISPr_Billing_Class_Of_Service",
    ),
    (
        14179,
        "attribute of Airespace",
        "1n Airespace_Wlan_Id 2n Airespace_QOS_Level 3n Airespace_DSCP 4n Airespace_8021p_Tag \
         5s Airespace_Interface_Name 6s Airespace_ACL_Name 7n Airespace_Data_Bandwidth_Average_Contract \
         8n Airespace_Real_Time_Bandwidth_Average_Contract 9n Airespace_Data_Bandwidth_Burst_Contract \
         10n Airespace_Real_Time_Bandwidth_Burst_Contract 11s Airespace_Guest_Role_Name \
         13n Airespace_Data_Bandwidth_Average_Contract_Upstream \
         14n Airespace_Real_Time_Bandwidth_Average_Contract_Upstream \
         15n Airespace_Data_Bandwidth_Burst_Contract_Upstream \
         16n Airespace_Real_Time_Bandwidth_Burst_Contract_Upstream",
    ),
    (
        14559,
        "attribute of ChilliSpot",
        "1n ChilliSpot_Max_Input_Octets 2n ChilliSpot_Max_Output_Octets 3n ChilliSpot_Max_Total_Octets \
         4n ChilliSpot_Bandwidth_Max_Up 5n ChilliSpot_Bandwidth_Max_Down 6s ChilliSpot_Config \
         7s ChilliSpot_Lang 8s ChilliSpot_Version 9s ChilliSpot_OriginalURL 100s ChilliSpot_UAM_Allowed \
         101s ChilliSpot_MAC_Allowed 102n ChilliSpot_Interval",
    ),
    (
        14823,
        "attribute of Aruba",
        "1s Aruba_User_Role 2n Aruba_User_Vlan 3n Aruba_Priv_Admin_User 4s Aruba_Admin_Role \
         5s Aruba_Essid_Name 6s Aruba_Location_Id 7s Aruba_Port_Identifier 8s Aruba_MMS_User_Template \
         9s Aruba_Named_User_Vlan 10s Aruba_AP_Group 11s Aruba_Framed_IPv6_Address 12s Aruba_Device_Type \
         13s Aruba_AP_Name 14n Aruba_No_DHCP_Fingerprint 15s Aruba_Mdps_Device_Udid \
         16s Aruba_Mdps_Device_Imei 17s Aruba_Mdps_Device_Iccid 18n Aruba_Mdps_Max_Devices \
         19s Aruba_Mdps_Device_Name 20s Aruba_Mdps_Device_Product 21s Aruba_Mdps_Device_Version \
         22s Aruba_Mdps_Device_Serial 23s Aruba_CPPM_Role 24s Aruba_AirGroup_User_Name \
         25s Aruba_AirGroup_Shared_User 26s Aruba_AirGroup_Shared_Role 27n Aruba_AirGroup_Device_Type \
         28s Aruba_Auth_Survivability 29s Aruba_AS_User_Name 30s Aruba_AS_Credential_Hash \
         31s Aruba_WorkSpace_App_Name 32s Aruba_Mdps_Provisioning_Settings 33s Aruba_Mdps_Device_Profile \
         34a Aruba_AP_IP_Address 35s Aruba_AirGroup_Shared_Group 36s Aruba_User_Group \
         37s Aruba_Network_SSO_Token 38n Aruba_AirGroup_Version 39n Aruba_Auth_SurvMethod \
         40n Aruba_Port_Bounce_Host 41a Aruba_Calea_Server_Ip 42s Aruba_Admin_Path",
    ),
    (
        14988,
        "attribute of Mikrotik",
        "1n Mikrotik_Recv_Limit 2n Mikrotik_Xmit_Limit 3s Mikrotik_Group 4n Mikrotik_Wireless_Forward \
         5n Mikrotik_Wireless_Skip_Dot1x 6n Mikrotik_Wireless_Enc_Algo 7s Mikrotik_Wireless_Enc_Key \
         8s Mikrotik_Rate_Limit 9s Mikrotik_Realm 10a Mikrotik_Host_IP 11s Mikrotik_Mark_Id \
         12s Mikrotik_Advertise_URL 13n Mikrotik_Advertise_Interval 14n Mikrotik_Recv_Limit_Gigawords \
         15n Mikrotik_Xmit_Limit_Gigawords 16s Mikrotik_Wireless_PSK 17n Mikrotik_Total_Limit \
         18n Mikrotik_Total_Limit_Gigawords 19s Mikrotik_Address_List 20s Mikrotik_Wireless_MPKey \
         21s Mikrotik_Wireless_Comment 22s Mikrotik_Delegated_IPv6_Pool 23s Mikrotik_DHCP_Option_Set \
         24s Mikrotik_DHCP_Option_Param_STR1 25s Mikortik_DHCP_Option_ParamSTR2 26n Mikrotik_Wireless_VLANID \
         27n Mikrotik_Wireless_VLANID_Type 28s Mikrotik_Wireless_Minsignal 29s Mikrotik_Wireless_Maxsignal",
    ),
    (
        25053,
        "attribute of Ruckus",
        "1s Ruckus_User_Groups 2n Ruckus_Sta_RSSI 3s Ruckus_SSID 4n Ruckus_Wlan_Id 5s Ruckus_Location \
         6n Ruckus_Grace_Period 7n Ruckus_SCG_CBlade_IP 8n Ruckus_SCG_DBlade_IP 9n Ruckus_Sta_Vlan_Id \
         10s Ruckus_WSG_User 11s Ruckus_Sta_UUID 12n Ruckus_Accept_Enhancement_Reason 13s Ruckus_Sta_Inner_Id \
         14x Ruckus_BSSID 101x Ruckus_Triplets 102x Ruckus_IMSI 103x Ruckus_MSISDN 104s Ruckus_APN_NI \
         105x Ruckus_QoS 106n Ruckus_Selection_Mode 107n Ruckus_APN_Resolution_Req 108x Ruckus_Start_Time \
         109n Ruckus_NAS_Type 110n Ruckus_Status 111s Ruckus_APN_OI 112n Ruckus_Auth_Type \
         113s Ruckus_Gn_User_Name 114s Ruckus_Brand_Code 115s Ruckus_Policy_Name 116a Ruckus_Client_Local_IP \
         117a Ruckus_SGSN_IP 118x Ruckus_Charging_Charac 119x Ruckus_PDP_Type \
         120x Ruckus_Dynamic_Address_Flag 121x Ruckus_ChCh_Selection_Mode 122a Ruckus_AAA_IP \
         123n Ruckus_CDR_TYPE 124x Ruckus_SGSN_Number 125n Ruckus_Session_Type 126n Ruckus_Accounting_Status \
         127s Ruckus_Zone_Id 128s Ruckus_Auth_Server_Id 129s Ruckus_Utp_Id 130x Ruckus_Area_Code \
         131x Ruckus_Cell_Identifier 132s Ruckus_Wispr_Redirect_Policy 133n Ruckus_Eth_Profile_Id \
         134s Ruckus_Zone_Name 135s Ruckus_Wlan_Name 136n Ruckus_AP_Roamed 137s Ruckus_Read_Preference \
         138s Ruckus_Client_Host_Name 139s Ruckus_Client_Os_Type 140s Ruckus_Client_Os_Class \
         141s Ruckus_Vlan_Pool 142x Ruckus_Dpsk 143s Ruckus_CP_Token 144n Ruckus_Max_DL_UL_Quota \
         145s Ruckus_Traffic_Class_Attribute_Ids 147s Ruckus_Nat_Pool_Name 148n Ruckus_Sta_SVlan_Id \
         152s Ruckus_AAA_Id 157s Ruckus_Vlan_Name",
    ),
    (
        25461,
        "attribute of PaloAlto",
        "1s PaloAlto_Admin_Role 2s PaloAlto_Admin_Access_Domain 3s PaloAlto_Panorama_Admin_Role \
         4s PaloAlto_Panorama_Admin_Access_Domain 5s PaloAlto_User_Group",
    ),
    (
        25506,
        "attribute of H3C",
        "1n Input_Peak_Rate 2n Input_Average_Rate 3n Input_Basic_Rate 4n Output_Peak_Rate \
         5n Output_Average_Rate 6n Output_Basic_Rate 15n Remanent_Volume 17s ISP_ID 20n Command \
         24n Control_Identifier 25n Result_Code 26n Connect_Id 27s Portal_URL 28s Ftp_Directory \
         29n Exec_Privilege 32a NAT_IP_Address 33n NAT_Start_Port 34n NAT_End_Port 59n NAS_Startup_Timestamp \
         60s Ip_Host_Addr 61s User_Notify 62s User_HeartBeat 98a IPv4_Multicast_Receive_Group \
         100i IPv6_Multicast_Receive_Group 101n MLD_Access_Limit 102s L2TP_Local_Name 103n IGMP_Access_Limit \
         104s VPN_Instance 105s ANCP_Profile 111s Longitude_Latitude 135a Client_Primary_DNS \
         136a Client_Secondary_DNS 140s User_Group 141n Security_Level 144n Acct_IPv6_Input_Octets \
         145n Acct_IPv6_Output_Octets 146n Acct_IPv6_Input_Gigawords 147n Acct_IPv6_Output_Gigawords \
         155s User_Role 201n Input_Interval_Octets 202n Output_Interval_Octets 203n Input_Interval_Packets \
         204n Output_Interval_Packets 205n Input_Interval_Gigawords 206n Output_Interval_Gigawords \
         207a Backup_NAS_IP 210s Av_Pair 215n Accounting_Level 216s Ita_Policy 230s NAS_Port_Name \
         246n Auth_Detail_Result 247n Input_Committed_Burst_Size 248n Output_Committed_Burst_Size \
         249n Authentication_Type 250s WEB_URL 251s Subscriber_ID 252s Subscriber_Profile 255s Product_ID",
    ),
    (
        29671,
        "attribute of Meraki",
        "1s Meraki_Device_Name 2s Meraki_Network_Name 3s Meraki_Ap_Name 4s Meraki_Ap_Tags",
    ),
];

/// The value of a vendor's attribute of such a kind.
fn value(kind: &str, name: &'static str, doc: &'static str) -> Field {
    let field = match kind {
        "s" | "s+" => text(name, rest()),
        "n" => be32(name),
        "n+" => be24(name),
        "a" => ipv4(name),
        "i" => ipv6(name),
        "t" => unix_time(name),
        _ => bytes(name, rest()),
    };
    field.doc(doc)
}

/// What the numbers of an attribute are called.
type NamesOf = fn(u64) -> Option<&'static [(u64, &'static str)]>;

/// The attributes of a list: number, and what stands behind the length.
fn entries(doc: &'static str, list: &'static str, names: NamesOf) -> Vec<(u64, Vec<Item>)> {
    let mut words = list.split_ascii_whitespace().peekable();
    let mut entries = Vec::new();
    while let (Some(head), Some(name)) = (words.next(), words.next()) {
        let (number, kind) = head.split_at(head.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(0));
        let Ok(number) = number.parse() else { continue };
        let tag = words.next_if(|_| kind.ends_with('+')).map(super::radius::tag);
        let value = value(kind, name, doc);
        let value = names(number).map_or(value.clone(), |names| value.names(names));
        entries.push((number, tag.into_iter().chain([value.into()]).collect()));
    }
    entries
}

/// The attributes of RFCs.
pub(super) fn standard() -> Vec<(u64, Vec<Item>)> {
    entries("value", STANDARD, super::radius::value_names)
}

/// Whether octets read whole as attributes in the usual layout.
fn is_a_list(mut left: &[u8]) -> bool {
    while let [_, length @ 2..=255, ..] = left {
        match left.get(usize::from(*length)..) {
            Some(after) => left = after,
            None => return false,
        }
    }
    left.is_empty()
}

/// What stands behind the vendor's number.
pub(super) fn specific() -> [Item; 2] {
    let value = |(vendor, doc, list): &(u64, &'static str, &'static str)| {
        let of_type = entries(doc, list, |_| None).into_iter();
        let of_type = of_type.map(|(kind, items)| (kind, kind, items.into())).collect();
        let items = vec![Item::Switch(val("avp.vendor_type"), of_type, vec![other()].into())];
        (*vendor, *vendor, items.into())
    };
    let values =
        Item::Switch(val("avp.vendor_id"), VENDORS.iter().map(value).collect(), vec![other()].into());
    let attributes = repeat(
        label("avp.vendor").doc("vendor's attribute"),
        [
            u8("avp.vendor_type").doc("vendor's attribute").into(),
            u8("avp.vendor_len").unit("octets").doc("length").into(),
            block(
                label("avp.vendor_body").hidden().doc("value of the vendor's attribute"),
                Size::Octets(val("avp.vendor_len") - 2),
                [values],
            ),
        ],
    );
    [
        when(look(is_a_list), [attributes]),
        when(not(look(is_a_list)), [bytes("avp.vendor_data", rest()).doc("value").into()]),
    ]
}

/// An attribute that is not known.
fn other() -> Item {
    bytes("avp.vendor_value", rest()).doc("value").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_has_a_number_of_its_own_and_a_kind() {
        for (vendor, _, list) in VENDORS {
            let names = list.split_ascii_whitespace().filter(|word| !word.ends_with(".tag")).count();
            let mut numbers: Vec<u64> =
                entries("attribute", list, |_| None).iter().map(|(number, _)| *number).collect();
            assert_eq!(numbers.len(), names / 2, "{vendor}: some attribute has no number");
            numbers.sort_unstable();
            numbers.dedup();
            assert_eq!(numbers.len(), names / 2, "{vendor}: a number stands twice");
            assert!(numbers.iter().all(|number| (1..=255).contains(number)), "{vendor}");
        }
    }
}
