# Run by cpack on the staged files of each package (CPACK_PRE_BUILD_SCRIPTS): what
# Debian wants of /usr/share/doc, and manual pages compressed.
set(source ${CPACK_ENERGY_OPT_SOURCE})
file(READ ${source}/LICENSE license)
string(REGEX REPLACE ".*---- LLVM Exceptions[^\n]*\n+" "" exceptions "${license}")
file(READ ${source}/lib/Report/html/licenses.txt page)

string(TIMESTAMP date "%a, %d %b %Y %H:%M:%S +0000" UTC) # SOURCE_DATE_EPOCH, if it is set
foreach(component IN LISTS CPACK_COMPONENTS_ALL)
  string(TOUPPER ${component} key)
  set(name ${CPACK_DEBIAN_${key}_PACKAGE_NAME})
  set(share ${CPACK_TEMPORARY_DIRECTORY}/${component}/usr/share)
  configure_file(${source}/lib/Package/deb/copyright.in ${share}/doc/${name}/copyright @ONLY)
  file(WRITE ${share}/doc/${name}/changelog.Debian
    "${name} (${CPACK_DEBIAN_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; urgency=medium\n\n"
    "  * Packaged by the build; CHANGELOG.md of energy-opt tells what changed.\n\n"
    " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  set(compressed "")
  file(GLOB_RECURSE pages ${share}/man/*)
  foreach(page IN LISTS pages)
    if(NOT page MATCHES "\\.gz$")
      list(APPEND compressed ${page})
    endif()
  endforeach()
  execute_process(COMMAND gzip -9nf ${share}/doc/${name}/changelog.Debian ${compressed}
                  COMMAND_ERROR_IS_FATAL ANY)
endforeach()
