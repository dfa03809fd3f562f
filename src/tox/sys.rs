//! libtoxcore's functions that this room uses, declared by hand (no libclang at build time).
//!
//! The test at the end reads this file and the installed headers, and fails when a function is not there with the same
//! parameters or a constant has another number. Names are those of `tox/tox.h`, so that both can be read side by side.
//! Two forms of the event functions exist: see `build.rs` for the versions.

#![allow(non_camel_case_types, missing_docs)]

use std::ffi::{c_char, c_uint};

/// Types that only libtoxcore can look into.
macro_rules! opaque {
    ($($name:ident)*) => { $(#[repr(C)] pub struct $name { _private: [u8; 0] })* };
}

opaque! {
    Tox Tox_Options Tox_Events
    Tox_Event_Self_Connection_Status Tox_Event_Friend_Request Tox_Event_Friend_Connection_Status
    Tox_Event_Friend_Lossy_Packet Tox_Event_Friend_Lossless_Packet Tox_Event_Friend_Message
    Tox_Event_Friend_Read_Receipt Tox_Event_File_Chunk_Request Tox_Event_File_Recv Tox_Event_File_Recv_Chunk
    Tox_Event_File_Recv_Control Tox_Event_Conference_Invite
}
#[cfg(toxcore_event_list)]
opaque! { Tox_Event Tox_Event_Group_Invite }
#[cfg(toxcore_iterate_options)]
opaque! { Tox_Iterate_Options }

// C enums: their numbers travel as `unsigned int` on every platform that libtoxcore builds for.
pub type Tox_Proxy_Type = c_uint;
pub type Tox_Savedata_Type = c_uint;
pub type Tox_Connection = c_uint;
pub type Tox_Message_Type = c_uint;
pub type Tox_File_Control = c_uint;
pub type Tox_Err_Options_New = c_uint;
pub type Tox_Err_New = c_uint;
pub type Tox_Err_Bootstrap = c_uint;
pub type Tox_Err_Set_Info = c_uint;
pub type Tox_Err_Friend_Add = c_uint;
pub type Tox_Err_Friend_Delete = c_uint;
pub type Tox_Err_Friend_Get_Public_Key = c_uint;
pub type Tox_Err_Friend_Get_Last_Online = c_uint;
pub type Tox_Err_Friend_Send_Message = c_uint;
pub type Tox_Err_Friend_Custom_Packet = c_uint;
pub type Tox_Err_File_Control = c_uint;
pub type Tox_Err_File_Seek = c_uint;
pub type Tox_Err_File_Get = c_uint;
pub type Tox_Err_File_Send = c_uint;
pub type Tox_Err_File_Send_Chunk = c_uint;
pub type Tox_Err_Get_Port = c_uint;
pub type Tox_Err_Events_Iterate = c_uint;
#[cfg(toxcore_event_list)]
pub type Tox_Event_Type = c_uint;

pub const TOX_PUBLIC_KEY_SIZE: usize = 32;
pub const TOX_FILE_ID_LENGTH: usize = 32;
pub const TOX_MAX_NAME_LENGTH: usize = 128;
pub const TOX_MAX_MESSAGE_LENGTH: usize = 1372;
pub const TOX_MAX_CUSTOM_PACKET_SIZE: usize = 1373;
pub const TOX_MAX_FILENAME_LENGTH: usize = 255;

pub const TOX_PROXY_TYPE_SOCKS5: Tox_Proxy_Type = 2;
pub const TOX_SAVEDATA_TYPE_TOX_SAVE: Tox_Savedata_Type = 1;
pub const TOX_CONNECTION_TCP: Tox_Connection = 1;
pub const TOX_CONNECTION_UDP: Tox_Connection = 2;
pub const TOX_MESSAGE_TYPE_NORMAL: Tox_Message_Type = 0;
pub const TOX_MESSAGE_TYPE_ACTION: Tox_Message_Type = 1;
pub const TOX_FILE_CONTROL_RESUME: Tox_File_Control = 0;
pub const TOX_FILE_CONTROL_PAUSE: Tox_File_Control = 1;
pub const TOX_FILE_CONTROL_CANCEL: Tox_File_Control = 2;

pub const TOX_ERR_NEW_MALLOC: Tox_Err_New = 2;
pub const TOX_ERR_NEW_PORT_ALLOC: Tox_Err_New = 3;
pub const TOX_ERR_NEW_PROXY_BAD_TYPE: Tox_Err_New = 4;
pub const TOX_ERR_NEW_PROXY_NOT_FOUND: Tox_Err_New = 7;
pub const TOX_ERR_NEW_LOAD_ENCRYPTED: Tox_Err_New = 8;
pub const TOX_ERR_NEW_LOAD_BAD_FORMAT: Tox_Err_New = 9;
pub const TOX_ERR_FRIEND_ADD_OK: Tox_Err_Friend_Add = 0;
pub const TOX_ERR_FRIEND_ADD_TOO_LONG: Tox_Err_Friend_Add = 2;
pub const TOX_ERR_FRIEND_ADD_NO_MESSAGE: Tox_Err_Friend_Add = 3;
pub const TOX_ERR_FRIEND_ADD_OWN_KEY: Tox_Err_Friend_Add = 4;
pub const TOX_ERR_FRIEND_ADD_ALREADY_SENT: Tox_Err_Friend_Add = 5;
pub const TOX_ERR_FRIEND_ADD_BAD_CHECKSUM: Tox_Err_Friend_Add = 6;
pub const TOX_ERR_FRIEND_ADD_SET_NEW_NOSPAM: Tox_Err_Friend_Add = 7;
pub const TOX_ERR_FRIEND_SEND_MESSAGE_FRIEND_NOT_CONNECTED: Tox_Err_Friend_Send_Message = 3;
pub const TOX_ERR_FRIEND_SEND_MESSAGE_SENDQ: Tox_Err_Friend_Send_Message = 4;
pub const TOX_ERR_FRIEND_CUSTOM_PACKET_FRIEND_NOT_CONNECTED: Tox_Err_Friend_Custom_Packet = 3;
pub const TOX_ERR_FRIEND_CUSTOM_PACKET_INVALID: Tox_Err_Friend_Custom_Packet = 4;
pub const TOX_ERR_FRIEND_CUSTOM_PACKET_SENDQ: Tox_Err_Friend_Custom_Packet = 7;
pub const TOX_ERR_FILE_CONTROL_FRIEND_NOT_CONNECTED: Tox_Err_File_Control = 2;
pub const TOX_ERR_FILE_CONTROL_NOT_FOUND: Tox_Err_File_Control = 3;
pub const TOX_ERR_FILE_CONTROL_SENDQ: Tox_Err_File_Control = 7;
pub const TOX_ERR_FILE_SEEK_FRIEND_NOT_CONNECTED: Tox_Err_File_Seek = 2;
pub const TOX_ERR_FILE_SEEK_NOT_FOUND: Tox_Err_File_Seek = 3;
pub const TOX_ERR_FILE_SEEK_SENDQ: Tox_Err_File_Seek = 6;
pub const TOX_ERR_FILE_SEND_FRIEND_NOT_CONNECTED: Tox_Err_File_Send = 3;
pub const TOX_ERR_FILE_SEND_TOO_MANY: Tox_Err_File_Send = 5;
pub const TOX_ERR_FILE_SEND_CHUNK_FRIEND_NOT_CONNECTED: Tox_Err_File_Send_Chunk = 3;
pub const TOX_ERR_FILE_SEND_CHUNK_NOT_FOUND: Tox_Err_File_Send_Chunk = 4;
pub const TOX_ERR_FILE_SEND_CHUNK_SENDQ: Tox_Err_File_Send_Chunk = 7;

unsafe extern "C" {
    pub fn tox_version_major() -> u32;
    pub fn tox_version_minor() -> u32;
    pub fn tox_version_patch() -> u32;

    pub fn tox_options_new(error: *mut Tox_Err_Options_New) -> *mut Tox_Options;
    pub fn tox_options_free(options: *mut Tox_Options);
    pub fn tox_options_set_ipv6_enabled(options: *mut Tox_Options, ipv6_enabled: bool);
    pub fn tox_options_set_udp_enabled(options: *mut Tox_Options, udp_enabled: bool);
    pub fn tox_options_set_local_discovery_enabled(options: *mut Tox_Options, enabled: bool);
    pub fn tox_options_set_hole_punching_enabled(options: *mut Tox_Options, enabled: bool);
    pub fn tox_options_set_proxy_type(options: *mut Tox_Options, proxy_type: Tox_Proxy_Type);
    pub fn tox_options_set_proxy_host(options: *mut Tox_Options, proxy_host: *const c_char);
    pub fn tox_options_set_proxy_port(options: *mut Tox_Options, proxy_port: u16);
    pub fn tox_options_set_start_port(options: *mut Tox_Options, start_port: u16);
    pub fn tox_options_set_end_port(options: *mut Tox_Options, end_port: u16);
    pub fn tox_options_set_tcp_port(options: *mut Tox_Options, tcp_port: u16);
    pub fn tox_options_set_savedata_type(
        options: *mut Tox_Options,
        savedata_type: Tox_Savedata_Type,
    );
    pub fn tox_options_set_savedata_data(
        options: *mut Tox_Options,
        savedata_data: *const u8,
        length: usize,
    );

    pub fn tox_new(options: *const Tox_Options, error: *mut Tox_Err_New) -> *mut Tox;
    pub fn tox_kill(tox: *mut Tox);
    pub fn tox_get_savedata_size(tox: *const Tox) -> usize;
    pub fn tox_get_savedata(tox: *const Tox, savedata: *mut u8);
    pub fn tox_bootstrap(
        tox: *mut Tox,
        host: *const c_char,
        port: u16,
        public_key: *const u8,
        error: *mut Tox_Err_Bootstrap,
    ) -> bool;
    pub fn tox_add_tcp_relay(
        tox: *mut Tox,
        host: *const c_char,
        port: u16,
        public_key: *const u8,
        error: *mut Tox_Err_Bootstrap,
    ) -> bool;
    pub fn tox_iteration_interval(tox: *const Tox) -> u32;
    pub fn tox_self_get_address(tox: *const Tox, address: *mut u8);
    pub fn tox_self_set_nospam(tox: *mut Tox, nospam: u32);
    pub fn tox_self_get_dht_id(tox: *const Tox, dht_id: *mut u8);
    pub fn tox_self_get_udp_port(tox: *const Tox, error: *mut Tox_Err_Get_Port) -> u16;
    pub fn tox_self_get_tcp_port(tox: *const Tox, error: *mut Tox_Err_Get_Port) -> u16;
    pub fn tox_self_set_name(
        tox: *mut Tox,
        name: *const u8,
        length: usize,
        error: *mut Tox_Err_Set_Info,
    ) -> bool;

    pub fn tox_friend_add(
        tox: *mut Tox,
        address: *const u8,
        message: *const u8,
        length: usize,
        error: *mut Tox_Err_Friend_Add,
    ) -> u32;
    pub fn tox_friend_add_norequest(
        tox: *mut Tox,
        public_key: *const u8,
        error: *mut Tox_Err_Friend_Add,
    ) -> u32;
    pub fn tox_friend_delete(
        tox: *mut Tox,
        friend_number: u32,
        error: *mut Tox_Err_Friend_Delete,
    ) -> bool;
    pub fn tox_self_get_friend_list_size(tox: *const Tox) -> usize;
    pub fn tox_self_get_friend_list(tox: *const Tox, friend_list: *mut u32);
    pub fn tox_friend_get_public_key(
        tox: *const Tox,
        friend_number: u32,
        public_key: *mut u8,
        error: *mut Tox_Err_Friend_Get_Public_Key,
    ) -> bool;
    pub fn tox_friend_get_last_online(
        tox: *const Tox,
        friend_number: u32,
        error: *mut Tox_Err_Friend_Get_Last_Online,
    ) -> u64;

    pub fn tox_friend_send_message(
        tox: *mut Tox,
        friend_number: u32,
        message_type: Tox_Message_Type,
        message: *const u8,
        length: usize,
        error: *mut Tox_Err_Friend_Send_Message,
    ) -> u32;
    pub fn tox_friend_send_lossy_packet(
        tox: *mut Tox,
        friend_number: u32,
        data: *const u8,
        length: usize,
        error: *mut Tox_Err_Friend_Custom_Packet,
    ) -> bool;
    pub fn tox_friend_send_lossless_packet(
        tox: *mut Tox,
        friend_number: u32,
        data: *const u8,
        length: usize,
        error: *mut Tox_Err_Friend_Custom_Packet,
    ) -> bool;

    pub fn tox_file_send(
        tox: *mut Tox,
        friend_number: u32,
        kind: u32,
        file_size: u64,
        file_id: *const u8,
        filename: *const u8,
        filename_length: usize,
        error: *mut Tox_Err_File_Send,
    ) -> u32;
    pub fn tox_file_control(
        tox: *mut Tox,
        friend_number: u32,
        file_number: u32,
        control: Tox_File_Control,
        error: *mut Tox_Err_File_Control,
    ) -> bool;
    pub fn tox_file_seek(
        tox: *mut Tox,
        friend_number: u32,
        file_number: u32,
        position: u64,
        error: *mut Tox_Err_File_Seek,
    ) -> bool;
    pub fn tox_file_get_file_id(
        tox: *const Tox,
        friend_number: u32,
        file_number: u32,
        file_id: *mut u8,
        error: *mut Tox_Err_File_Get,
    ) -> bool;
    pub fn tox_file_send_chunk(
        tox: *mut Tox,
        friend_number: u32,
        file_number: u32,
        position: u64,
        data: *const u8,
        length: usize,
        error: *mut Tox_Err_File_Send_Chunk,
    ) -> bool;

    pub fn tox_events_init(tox: *mut Tox);
    pub fn tox_events_free(events: *mut Tox_Events);
}

#[cfg(not(toxcore_iterate_options))]
unsafe extern "C" {
    pub fn tox_events_iterate(
        tox: *mut Tox,
        fail_hard: bool,
        error: *mut Tox_Err_Events_Iterate,
    ) -> *mut Tox_Events;
}

#[cfg(toxcore_iterate_options)]
unsafe extern "C" {
    pub fn tox_events_iterate(
        tox: *mut Tox,
        options: *const Tox_Iterate_Options,
        error: *mut Tox_Err_Events_Iterate,
    ) -> *mut Tox_Events;
}

unsafe extern "C" {
    pub fn tox_event_self_connection_status_get_connection_status(
        event: *const Tox_Event_Self_Connection_Status,
    ) -> Tox_Connection;
    pub fn tox_event_friend_connection_status_get_friend_number(
        event: *const Tox_Event_Friend_Connection_Status,
    ) -> u32;
    pub fn tox_event_friend_connection_status_get_connection_status(
        event: *const Tox_Event_Friend_Connection_Status,
    ) -> Tox_Connection;
    pub fn tox_event_friend_request_get_public_key(
        event: *const Tox_Event_Friend_Request,
    ) -> *const u8;
    pub fn tox_event_friend_request_get_message(
        event: *const Tox_Event_Friend_Request,
    ) -> *const u8;
    pub fn tox_event_friend_request_get_message_length(
        event: *const Tox_Event_Friend_Request,
    ) -> u32;
    pub fn tox_event_friend_lossless_packet_get_friend_number(
        event: *const Tox_Event_Friend_Lossless_Packet,
    ) -> u32;
    pub fn tox_event_friend_lossless_packet_get_data(
        event: *const Tox_Event_Friend_Lossless_Packet,
    ) -> *const u8;
    pub fn tox_event_friend_lossless_packet_get_data_length(
        event: *const Tox_Event_Friend_Lossless_Packet,
    ) -> u32;
    pub fn tox_event_friend_lossy_packet_get_friend_number(
        event: *const Tox_Event_Friend_Lossy_Packet,
    ) -> u32;
    pub fn tox_event_friend_lossy_packet_get_data(
        event: *const Tox_Event_Friend_Lossy_Packet,
    ) -> *const u8;
    pub fn tox_event_friend_lossy_packet_get_data_length(
        event: *const Tox_Event_Friend_Lossy_Packet,
    ) -> u32;
    pub fn tox_event_friend_message_get_friend_number(
        event: *const Tox_Event_Friend_Message,
    ) -> u32;
    pub fn tox_event_friend_message_get_type(
        event: *const Tox_Event_Friend_Message,
    ) -> Tox_Message_Type;
    pub fn tox_event_friend_message_get_message(
        event: *const Tox_Event_Friend_Message,
    ) -> *const u8;
    pub fn tox_event_friend_message_get_message_length(
        event: *const Tox_Event_Friend_Message,
    ) -> u32;
    pub fn tox_event_friend_read_receipt_get_friend_number(
        event: *const Tox_Event_Friend_Read_Receipt,
    ) -> u32;
    pub fn tox_event_friend_read_receipt_get_message_id(
        event: *const Tox_Event_Friend_Read_Receipt,
    ) -> u32;
    pub fn tox_event_file_recv_get_friend_number(event: *const Tox_Event_File_Recv) -> u32;
    pub fn tox_event_file_recv_get_file_number(event: *const Tox_Event_File_Recv) -> u32;
    pub fn tox_event_file_recv_get_kind(event: *const Tox_Event_File_Recv) -> u32;
    pub fn tox_event_file_recv_get_file_size(event: *const Tox_Event_File_Recv) -> u64;
    pub fn tox_event_file_recv_get_filename(event: *const Tox_Event_File_Recv) -> *const u8;
    pub fn tox_event_file_recv_get_filename_length(event: *const Tox_Event_File_Recv) -> u32;
    pub fn tox_event_file_recv_control_get_friend_number(
        event: *const Tox_Event_File_Recv_Control,
    ) -> u32;
    pub fn tox_event_file_recv_control_get_file_number(
        event: *const Tox_Event_File_Recv_Control,
    ) -> u32;
    pub fn tox_event_file_recv_control_get_control(
        event: *const Tox_Event_File_Recv_Control,
    ) -> Tox_File_Control;
    pub fn tox_event_file_recv_chunk_get_friend_number(
        event: *const Tox_Event_File_Recv_Chunk,
    ) -> u32;
    pub fn tox_event_file_recv_chunk_get_file_number(
        event: *const Tox_Event_File_Recv_Chunk,
    ) -> u32;
    pub fn tox_event_file_recv_chunk_get_position(event: *const Tox_Event_File_Recv_Chunk) -> u64;
    pub fn tox_event_file_recv_chunk_get_data(event: *const Tox_Event_File_Recv_Chunk)
    -> *const u8;
    pub fn tox_event_file_chunk_request_get_friend_number(
        event: *const Tox_Event_File_Chunk_Request,
    ) -> u32;
    pub fn tox_event_file_chunk_request_get_file_number(
        event: *const Tox_Event_File_Chunk_Request,
    ) -> u32;
    pub fn tox_event_file_chunk_request_get_position(
        event: *const Tox_Event_File_Chunk_Request,
    ) -> u64;
    pub fn tox_event_file_chunk_request_get_length(
        event: *const Tox_Event_File_Chunk_Request,
    ) -> u16;
    pub fn tox_event_conference_invite_get_friend_number(
        event: *const Tox_Event_Conference_Invite,
    ) -> u32;
}

#[cfg(not(toxcore_event_list))]
unsafe extern "C" {
    pub fn tox_event_file_recv_chunk_get_length(event: *const Tox_Event_File_Recv_Chunk) -> u32;
    pub fn tox_events_get_self_connection_status_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_self_connection_status(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Self_Connection_Status;
    pub fn tox_events_get_friend_connection_status_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_friend_connection_status(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Friend_Connection_Status;
    pub fn tox_events_get_friend_request_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_friend_request(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Friend_Request;
    pub fn tox_events_get_friend_lossless_packet_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_friend_lossless_packet(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Friend_Lossless_Packet;
    pub fn tox_events_get_friend_lossy_packet_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_friend_lossy_packet(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Friend_Lossy_Packet;
    pub fn tox_events_get_friend_message_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_friend_message(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Friend_Message;
    pub fn tox_events_get_friend_read_receipt_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_friend_read_receipt(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Friend_Read_Receipt;
    pub fn tox_events_get_file_recv_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_file_recv(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_File_Recv;
    pub fn tox_events_get_file_recv_control_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_file_recv_control(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_File_Recv_Control;
    pub fn tox_events_get_file_recv_chunk_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_file_recv_chunk(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_File_Recv_Chunk;
    pub fn tox_events_get_file_chunk_request_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_file_chunk_request(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_File_Chunk_Request;
    pub fn tox_events_get_conference_invite_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get_conference_invite(
        events: *const Tox_Events,
        index: u32,
    ) -> *const Tox_Event_Conference_Invite;
}

// It has the others' form of a name from then on.
#[cfg(not(toxcore_event_list))]
pub use tox_event_file_recv_chunk_get_length as tox_event_file_recv_chunk_get_data_length;

#[cfg(toxcore_event_list)]
unsafe extern "C" {
    pub fn tox_event_file_recv_chunk_get_data_length(
        event: *const Tox_Event_File_Recv_Chunk,
    ) -> u32;
    pub fn tox_events_get_size(events: *const Tox_Events) -> u32;
    pub fn tox_events_get(events: *const Tox_Events, index: u32) -> *const Tox_Event;
    pub fn tox_event_get_type(event: *const Tox_Event) -> Tox_Event_Type;
    pub fn tox_event_get_self_connection_status(
        event: *const Tox_Event,
    ) -> *const Tox_Event_Self_Connection_Status;
    pub fn tox_event_get_friend_connection_status(
        event: *const Tox_Event,
    ) -> *const Tox_Event_Friend_Connection_Status;
    pub fn tox_event_get_friend_request(event: *const Tox_Event)
    -> *const Tox_Event_Friend_Request;
    pub fn tox_event_get_friend_lossless_packet(
        event: *const Tox_Event,
    ) -> *const Tox_Event_Friend_Lossless_Packet;
    pub fn tox_event_get_friend_lossy_packet(
        event: *const Tox_Event,
    ) -> *const Tox_Event_Friend_Lossy_Packet;
    pub fn tox_event_get_friend_message(event: *const Tox_Event)
    -> *const Tox_Event_Friend_Message;
    pub fn tox_event_get_friend_read_receipt(
        event: *const Tox_Event,
    ) -> *const Tox_Event_Friend_Read_Receipt;
    pub fn tox_event_get_file_recv(event: *const Tox_Event) -> *const Tox_Event_File_Recv;
    pub fn tox_event_get_file_recv_control(
        event: *const Tox_Event,
    ) -> *const Tox_Event_File_Recv_Control;
    pub fn tox_event_get_file_recv_chunk(
        event: *const Tox_Event,
    ) -> *const Tox_Event_File_Recv_Chunk;
    pub fn tox_event_get_file_chunk_request(
        event: *const Tox_Event,
    ) -> *const Tox_Event_File_Chunk_Request;
    pub fn tox_event_get_conference_invite(
        event: *const Tox_Event,
    ) -> *const Tox_Event_Conference_Invite;
    pub fn tox_event_get_group_invite(event: *const Tox_Event) -> *const Tox_Event_Group_Invite;
    pub fn tox_event_group_invite_get_friend_number(event: *const Tox_Event_Group_Invite) -> u32;
}

/// Numbers of `Tox_Event_Type`.
#[cfg(toxcore_event_list)]
pub mod kind {
    use super::Tox_Event_Type;
    pub const TOX_EVENT_SELF_CONNECTION_STATUS: Tox_Event_Type = 0;
    pub const TOX_EVENT_FRIEND_CONNECTION_STATUS: Tox_Event_Type = 2;
    pub const TOX_EVENT_FRIEND_REQUEST: Tox_Event_Type = 1;
    pub const TOX_EVENT_FRIEND_LOSSLESS_PACKET: Tox_Event_Type = 4;
    pub const TOX_EVENT_FRIEND_LOSSY_PACKET: Tox_Event_Type = 3;
    pub const TOX_EVENT_FRIEND_MESSAGE: Tox_Event_Type = 8;
    pub const TOX_EVENT_FRIEND_READ_RECEIPT: Tox_Event_Type = 9;
    pub const TOX_EVENT_FILE_RECV: Tox_Event_Type = 12;
    pub const TOX_EVENT_FILE_RECV_CONTROL: Tox_Event_Type = 14;
    pub const TOX_EVENT_FILE_RECV_CHUNK: Tox_Event_Type = 13;
    pub const TOX_EVENT_FILE_CHUNK_REQUEST: Tox_Event_Type = 11;
    pub const TOX_EVENT_CONFERENCE_INVITE: Tox_Event_Type = 15;
    pub const TOX_EVENT_GROUP_INVITE: Tox_Event_Type = 33;
}

#[cfg(test)]
mod tests {
    //! Holds this file against the installed headers.
    #![allow(clippy::unwrap_used, clippy::expect_used)]

    use std::collections::HashMap;

    /// A setter that returns bool since 0.2.21 (and true, unless it was asked to copy): ignoring that is harmless.
    const RETURNS_DIFFER: [&str; 2] = [
        "tox_options_set_proxy_host",
        "tox_options_set_savedata_data",
    ];

    type Signature = (String, Vec<String>);

    fn without_comments(text: &str) -> String {
        let mut out = String::new();
        let mut rest = text;
        while let Some(start) = rest.find("/*") {
            out.push_str(&rest[..start]);
            let end = rest[start..].find("*/").expect("comment ends") + start + 2;
            rest = &rest[end..];
        }
        out.push_str(rest);
        out.lines()
            .map(|line| line.split("//").next().unwrap_or(""))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn headers() -> String {
        let folder = env!("TOXMAIL_TOX_HEADERS");
        let mut text = String::new();
        let entries = std::fs::read_dir(folder)
            .unwrap_or_else(|e| panic!("{folder}: {e} (apt-get install libtoxcore-dev)"));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|e| e == "h") {
                text.push_str(&without_comments(&std::fs::read_to_string(path).unwrap()));
            }
        }
        for word in ["_Nullable", "_Nonnull", "struct "] {
            text = text.replace(word, "");
        }
        text
    }

    /// A C declarator without its name, array and typedef spelled out: `const Tox_File_Id id` -> `const uint8_t*`.
    fn c_type(text: &str, typedefs: &HashMap<String, String>, named: bool) -> String {
        let mut text = text.trim().to_owned();
        let mut stars = text.matches('*').count();
        if let Some(bracket) = text.find('[') {
            text.truncate(bracket);
            stars += 1;
        }
        let spaced = text.replace('*', " ");
        let mut words: Vec<&str> = spaced.split_whitespace().collect();
        if named && words.len() > 1 {
            words.pop();
        }
        let mut words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        for word in &mut words {
            if let Some(real) = typedefs.get(word.as_str()) {
                stars += real.matches('*').count();
                *word = real.trim_end_matches('*').to_owned();
            }
        }
        words.join(" ") + &"*".repeat(stars)
    }

    fn c_functions(text: &str, typedefs: &HashMap<String, String>) -> HashMap<String, Signature> {
        let mut found = HashMap::new();
        for statement in text.split(';') {
            let statement = statement.split('}').next_back().unwrap_or("");
            let statement = statement
                .lines()
                .filter(|l| !l.trim_start().starts_with('#'))
                .collect::<Vec<_>>()
                .join(" ");
            let (Some(open), Some(close)) = (statement.find('('), statement.rfind(')')) else {
                continue;
            };
            let head = statement[..open].trim();
            let name: String = head
                .rsplit(|c: char| !c.is_alphanumeric() && c != '_')
                .next()
                .unwrap_or("")
                .to_owned();
            if !name.starts_with("tox_") || head.contains("typedef") || close < open {
                continue;
            }
            let returns = c_type(&head[..head.len() - name.len()], typedefs, false);
            let inside = statement[open + 1..close].trim();
            let parameters = if inside == "void" {
                Vec::new()
            } else {
                inside
                    .split(',')
                    .map(|p| c_type(p, typedefs, true))
                    .collect()
            };
            found.insert(name, (returns, parameters));
        }
        found
    }

    fn typedefs(text: &str) -> HashMap<String, String> {
        let mut found = HashMap::new();
        for statement in text.split(';') {
            let words: Vec<&str> = statement.split_whitespace().collect();
            if let ["typedef", kind @ ("uint32_t" | "uint8_t"), name] = words.as_slice() {
                match name.find('[') {
                    Some(at) => found.insert(name[..at].to_owned(), format!("{kind}*")),
                    None => found.insert((*name).to_owned(), (*kind).to_owned()),
                };
            }
        }
        found
    }

    fn c_constants(text: &str) -> HashMap<String, u64> {
        let mut found = HashMap::new();
        for line in text.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            if let ["#define", name, number] = words.as_slice()
                && let Ok(number) = number.parse()
            {
                found.insert((*name).to_owned(), number);
            }
        }
        for piece in text.split("enum ").skip(1) {
            let (Some(open), Some(close)) = (piece.find('{'), piece.find('}')) else {
                continue;
            };
            let mut next = 0;
            for item in piece[open + 1..close].split(',') {
                let (name, number) = match item.split_once('=') {
                    Some((name, number)) => (name, number.trim().parse().ok()),
                    None => (item, None),
                };
                let number = number.unwrap_or(next);
                next = number + 1;
                if name.trim().starts_with("TOX_") {
                    found.insert(name.trim().to_owned(), number);
                }
            }
        }
        found
    }

    fn rust_type(text: &str) -> String {
        let text = text.trim();
        let (constant, stars, name) = match text {
            t if t.starts_with("*const ") => ("const ", "*", &t[7..]),
            t if t.starts_with("*mut ") => ("", "*", &t[5..]),
            t => ("", "", t),
        };
        let name = match name {
            "u8" => "uint8_t",
            "u16" => "uint16_t",
            "u32" => "uint32_t",
            "u64" => "uint64_t",
            "usize" => "size_t",
            "c_char" => "char",
            other => other,
        };
        format!("{constant}{name}{stars}")
    }

    /// This file without its tests and without what the installed version's `cfg` leaves out.
    fn ours() -> String {
        ours_with(cfg!(toxcore_event_list), cfg!(toxcore_iterate_options))
    }

    /// The same for a version that has these.
    fn ours_with(event_list: bool, iterate_options: bool) -> String {
        let whole = include_str!("sys.rs").split("#[cfg(test)]").next().unwrap();
        let mut kept = String::new();
        let mut skipping = false;
        for line in whole.lines() {
            match line {
                "#[cfg(toxcore_event_list)]" => skipping = !event_list,
                "#[cfg(not(toxcore_event_list))]" => skipping = event_list,
                "#[cfg(toxcore_iterate_options)]" => skipping = !iterate_options,
                "#[cfg(not(toxcore_iterate_options))]" => skipping = iterate_options,
                _ => {}
            }
            if !skipping {
                kept.push_str(line.split("//").next().unwrap_or(""));
                kept.push('\n');
            }
            let ends = ["pub type", "pub use", "opaque!"];
            if line == "}" || ends.iter().any(|word| line.starts_with(word)) {
                skipping = false;
            }
        }
        kept
    }

    #[test]
    fn every_declared_function_is_in_the_header() {
        let header = headers();
        let typedefs = typedefs(&header);
        let theirs = c_functions(&header, &typedefs);
        let ours = ours();
        let mut checked = 0;
        for piece in ours.split("pub fn ").skip(1) {
            let end = piece.find(';').unwrap();
            let piece = &piece[..end];
            let (open, close) = (piece.find('(').unwrap(), piece.rfind(')').unwrap());
            let name = &piece[..open];
            let parameters: Vec<String> = piece[open + 1..close]
                .split(',')
                .filter(|p| !p.trim().is_empty())
                .map(|p| rust_type(p.split_once(':').unwrap().1))
                .collect();
            let returns = piece[close..]
                .split_once("->")
                .map_or("void".to_owned(), |(_, t)| rust_type(t));
            let (their_return, their_parameters) = theirs
                .get(name)
                .unwrap_or_else(|| panic!("{name} is not in the installed headers"));
            assert_eq!(&parameters, their_parameters, "parameters of {name}");
            if !RETURNS_DIFFER.contains(&name) {
                assert_eq!(&returns, their_return, "what {name} returns");
            }
            checked += 1;
        }
        assert!(checked > 70, "only {checked} functions found in this file");
    }

    /// The box ships a later libtoxcore than most machines have that build this: of that the names are kept.
    #[test]
    fn every_function_is_in_the_version_that_ships() {
        let package = include_str!("../../buildroot/package/libtoxcore/libtoxcore.mk");
        let shipped = package
            .lines()
            .find_map(|line| line.strip_prefix("LIBTOXCORE_VERSION = "))
            .unwrap();
        let names = include_str!("../../tests/fixtures/libtoxcore.names");
        let (made_from, names) = names.split_once('\n').unwrap();
        assert!(made_from.contains(shipped), "{made_from} {shipped}");
        let theirs: std::collections::BTreeSet<&str> = names.lines().collect();
        let ours = ours_with(true, true);
        let mut checked = 0;
        for piece in ours.split("pub fn ").skip(1) {
            let name = piece.split('(').next().unwrap();
            assert!(theirs.contains(name), "{name} is not in {shipped}");
            checked += 1;
        }
        assert!(checked > 70, "only {checked} functions found in this file");
    }

    #[test]
    fn every_declared_constant_has_the_headers_number() {
        let theirs = c_constants(&headers());
        let ours = ours();
        let mut checked = 0;
        for piece in ours.split("pub const ").skip(1) {
            let (name, rest) = piece.split_once(':').unwrap();
            let number: u64 = rest
                .split_once('=')
                .unwrap()
                .1
                .split(';')
                .next()
                .unwrap()
                .trim()
                .parse()
                .unwrap();
            assert_eq!(Some(&number), theirs.get(name), "{name}");
            checked += 1;
        }
        assert!(checked > 40, "only {checked} constants found in this file");
    }
}
