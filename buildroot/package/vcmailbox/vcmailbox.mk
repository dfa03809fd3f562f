################################################################################
#
# vcmailbox
#
################################################################################

# The repository has no tags.
VCMAILBOX_VERSION = a30e7c7b227d9a5e6dbedc1d343077be7ad92959
VCMAILBOX_SITE = https://github.com/raspberrypi/utils.git
VCMAILBOX_SITE_METHOD = git
VCMAILBOX_LICENSE = BSD-3-Clause
VCMAILBOX_LICENSE_FILES = LICENCE
VCMAILBOX_SUBDIR = vcmailbox

$(eval $(cmake-package))
