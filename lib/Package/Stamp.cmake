# Writes OUT, a source file with what energyopt_stamp says of SOURCE and VERSION.
include(${CMAKE_CURRENT_LIST_DIR}/Git.cmake)
energyopt_stamp(stamp ${SOURCE} ${VERSION})
file(WRITE ${OUT} "#include \"Stamp.h\"\n\nllvm::StringRef energyopt::buildStamp() { return \"${stamp}\"; }\n")
