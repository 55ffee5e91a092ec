# cpack makes three Debian packages of the components that are installed.
set(CPACK_GENERATOR DEB)
set(CPACK_COMPONENTS_ALL tool dev)
if(TARGET EnergyOptPython)
  list(APPEND CPACK_COMPONENTS_ALL python)
endif()
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_STRIP_FILES ON)
set(CPACK_THREADS 1) # so that packages are the same on any machine
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
  OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)

set(CPACK_PACKAGE_NAME energy-opt)
set(CPACK_PACKAGE_VENDOR "energy-opt developers")
set(CPACK_PACKAGE_CONTACT "energy-opt developers <noreply@example.org>")
set(CPACK_ENERGY_OPT_SOURCE ${PROJECT_SOURCE_DIR})
set(CPACK_PROJECT_CONFIG_FILE ${CMAKE_CURRENT_SOURCE_DIR}/deb/Settings.cmake)
set(CPACK_PRE_BUILD_SCRIPTS ${CMAKE_CURRENT_SOURCE_DIR}/deb/Docs.cmake)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_TOOL_PACKAGE_NAME energy-opt)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION science)
set(CPACK_COMPONENT_TOOL_DESCRIPTION "energy and carbon of neural networks, from the model file
Reads ONNX and MLIR models and tells what one run costs in joules, seconds and
grams of CO2 on GPUs, TPUs, CPUs and microcontrollers, op by op, and which
changes would save most. It needs no weights, no hardware and no run.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libenergy-opt-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
# The host of plugins, and what MLIR's CMake package asks for.
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
  "mlir-19-tools, libmlir-19-dev, llvm-19-dev, libzstd-dev, zlib1g-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS "energy-opt")
set(CPACK_COMPONENT_DEV_DESCRIPTION "energy and carbon of neural networks, for MLIR compilers
The plugin for mlir-opt, with passes that write what ops cost into a module,
and headers, a static library and a CMake package for passes and dialects of
others.")

set(CPACK_DEBIAN_PYTHON_PACKAGE_NAME python3-energy-opt)
set(CPACK_DEBIAN_PYTHON_PACKAGE_SECTION python)
math(EXPR next_minor "${Python3_VERSION_MINOR} + 1")
set(CPACK_DEBIAN_PYTHON_PACKAGE_DEPENDS
  "python3 (>= 3.${Python3_VERSION_MINOR}), python3 (<< 3.${next_minor})")
set(CPACK_DEBIAN_PYTHON_PACKAGE_CONTROL_EXTRA
  "${CMAKE_CURRENT_SOURCE_DIR}/deb/postinst;${CMAKE_CURRENT_SOURCE_DIR}/deb/prerm")
set(CPACK_COMPONENT_PYTHON_DESCRIPTION "energy and carbon of neural networks, as a Python module
The module energy_opt: analyze() gives what a model costs as typed attributes,
as a dict, or as rows for pandas.")

include(CPack)
