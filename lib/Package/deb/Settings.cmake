# Read by cpack before it makes packages (CPACK_PROJECT_CONFIG_FILE): what depends
# on the commit and not on the configuration.
include(${CPACK_ENERGY_OPT_SOURCE}/lib/Package/Git.cmake)
energyopt_stamp(stamp ${CPACK_ENERGY_OPT_SOURCE} ${CPACK_PACKAGE_VERSION})
set(epoch "")
if(NOT stamp STREQUAL "") # no release: before it, and after the commits of days before
  energyopt_git(day ${CPACK_ENERGY_OPT_SOURCE} log -1 --format=%cd --date=format:%Y%m%d)
  energyopt_git(commit ${CPACK_ENERGY_OPT_SOURCE} rev-parse --short=8 HEAD)
  string(APPEND CPACK_PACKAGE_VERSION "~git${day}.${commit}")
endif()
set(CPACK_DEBIAN_PACKAGE_VERSION ${CPACK_PACKAGE_VERSION})

# Times in the packages are those of the commit, so that the same sources give
# the same packages.
if(NOT DEFINED ENV{SOURCE_DATE_EPOCH})
  energyopt_git(epoch ${CPACK_ENERGY_OPT_SOURCE} log -1 --format=%ct)
  if(epoch)
    set(ENV{SOURCE_DATE_EPOCH} ${epoch})
  endif()
endif()
