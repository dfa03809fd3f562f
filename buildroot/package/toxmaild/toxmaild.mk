################################################################################
#
# toxmaild
#
################################################################################

TOXMAILD_SITE = $(BR2_EXTERNAL_TOXMAIL_PATH)/..
TOXMAILD_SITE_METHOD = local
TOXMAILD_VERSION = local
TOXMAILD_LICENSE = GPL-3.0-or-later
TOXMAILD_LICENSE_FILES = LICENSE
TOXMAILD_DEPENDENCIES = host-pkgconf libtoxcore
TOXMAILD_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = --exclude /target --exclude /data --exclude node_modules

# SQLite syncs with fdatasync, as in the Makefile of the project.
TOXMAILD_CARGO_ENV = LIBSQLITE3_FLAGS=-DHAVE_FDATASYNC=1
TOXMAILD_CARGO_BUILD_OPTS = --bin toxmaild

# Buildroot vendors the crates of what it downloads, not of a local folder; it builds with --offline. A release tarball brings them
# in VENDOR/, as Buildroot's own would.
define TOXMAILD_VENDOR
	if ! [ -d $(@D)/VENDOR ]; then \
		mkdir -p $(@D)/.cargo && \
		(cd $(@D) && $(PKG_CARGO_ENV) cargo vendor --locked VENDOR >.cargo/config.toml); \
	fi
endef
TOXMAILD_PRE_CONFIGURE_HOOKS += TOXMAILD_VENDOR

# The number stays what it is: a later one would not own what lies on the data partition.
define TOXMAILD_USERS
	toxmail 990 toxmail 990 * /data/toxmail - - Toxmail
endef

define TOXMAILD_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/target/$(RUSTC_TARGET_NAME)/$(if $(BR2_ENABLE_DEBUG),debug,release)/toxmaild \
		$(TARGET_DIR)/usr/bin/toxmaild
endef

$(eval $(cargo-package))
