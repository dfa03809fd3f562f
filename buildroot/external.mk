include $(sort $(wildcard $(BR2_EXTERNAL_TOXMAIL_PATH)/package/*/*.mk))
