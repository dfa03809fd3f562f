################################################################################
#
# libtoxcore
#
################################################################################

# The commit of the tag v0.2.23. git names what it holds, its submodule
# third_party/cmp (52bfcfa17d2eb4322da2037ad625f5575129cece) too.
LIBTOXCORE_VERSION = d9ca3c577e5abd4303d180eb5270167b4133ea4c
LIBTOXCORE_SITE = https://github.com/TokTok/c-toxcore.git
LIBTOXCORE_SITE_METHOD = git
LIBTOXCORE_GIT_SUBMODULES = YES
LIBTOXCORE_LICENSE = GPL-3.0+
LIBTOXCORE_LICENSE_FILES = LICENSE
LIBTOXCORE_INSTALL_STAGING = YES
LIBTOXCORE_DEPENDENCIES = host-pkgconf libsodium
LIBTOXCORE_CONF_OPTS = \
	-DBUILD_TOXAV=OFF \
	-DMUST_BUILD_TOXAV=OFF \
	-DBOOTSTRAP_DAEMON=OFF \
	-DDHT_BOOTSTRAP=OFF \
	-DUNITTEST=OFF \
	-DAUTOTEST=OFF \
	-DBUILD_MISC_TESTS=OFF \
	-DBUILD_FUN_UTILS=OFF \
	-DENABLE_SHARED=ON \
	-DENABLE_STATIC=OFF

$(eval $(cmake-package))
