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

# SQLite is built as in the Makefile of the project.
#
# Buildroot's environment overrides [profile.release] of Cargo.toml: no LTO, sixteen units, the optimization of the whole system.
# That makes another daemon than the one that was measured and tested, and a larger one: those variables are taken away again.
#
# No folder of the machine that builds it is named in it: what is built elsewhere is the same. (Buildroot's compiler does that for C.)
TOXMAILD_CARGO_ENV = LIBSQLITE3_FLAGS="$(shell cat $(BR2_EXTERNAL_TOXMAIL_PATH)/../.config/sqlite.flags)" \
	CARGO_TARGET_$(call UPPERCASE,$(RUSTC_TARGET_NAME))_RUSTFLAGS="--remap-path-prefix=$(@D)=toxmail" \
	env $(foreach v,$(filter CARGO_PROFILE_RELEASE_%,$(PKG_CARGO_ENV)),-u $(firstword $(subst =, ,$(v))))
TOXMAILD_CARGO_BUILD_OPTS = --bin toxmaild

# Buildroot vendors the crates of what it downloads, not of a local folder; it builds with --offline. A release tarball brings them
# in VENDOR/, as Buildroot's own would.
define TOXMAILD_VENDOR
	if ! [ -d $(@D)/VENDOR ]; then \
		mkdir -p $(@D)/.cargo && \
		(cd $(@D) && $(TARGET_MAKE_ENV) $(PKG_CARGO_ENV) cargo vendor --locked VENDOR >.cargo/config.toml); \
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
