//===- SiteLine.cpp - Options of site, lifetime and compare ---------------===//

#include "Options/SiteLine.h"

using namespace llvm;

namespace energyopt {

SiteLine::SiteLine(cl::SubCommandGroup reporting, cl::SubCommandGroup pricing,
                   cl::SubCommand &compare, cl::OptionCategory &category,
                   cl::OptionCategory &placing)
    : marginal("marginal", cl::ZeroOrMore, cl::sub(reporting),
               cl::desc("Also carbon by the marginal plant of --region"), cl::cat(category)),
      embodied("embodied", cl::ZeroOrMore, cl::sub(pricing),
               cl::desc("Also the share of the device's making"), cl::cat(category)),
      equivalences("equivalences", cl::ZeroOrMore, cl::sub(reporting),
                   cl::desc("Also what the carbon compares to"), cl::cat(category)),
      renewable("renewable", cl::ZeroOrMore, cl::value_desc("90%|hourly"), cl::sub(reporting),
                cl::desc("Share of the electricity that is carbon-free; hourly: "
                         "what the table has for --region"),
                cl::cat(category)),
      idleShare("idle-share", cl::ZeroOrMore, cl::value_desc("10%"), cl::sub(pricing),
                cl::desc("Share of the energy that machines take which wait"), cl::cat(category)),
      deviceYears("device-years", cl::ZeroOrMore, cl::value_desc("Y"), cl::sub(pricing),
                  cl::desc("Life of a device, for --embodied"), cl::cat(category)),
      utilization("utilization", cl::ZeroOrMore, cl::value_desc("50%"), cl::sub(pricing),
                  cl::desc("Share of that life at work, for --embodied"), cl::cat(category)),
      requestsPerDay("requests-per-day", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(reporting),
                     cl::desc("Also training, serving and making over --years"), cl::cat(category)),
      years("years", cl::ZeroOrMore, cl::value_desc("Y"), cl::init("1"), cl::sub(reporting),
            cl::desc("Years of --requests-per-day (default 1)"), cl::cat(category)),
      retrainEvery("retrain-every", cl::ZeroOrMore, cl::value_desc("90d"), cl::sub(reporting),
                   cl::desc("Days between trainings (default: one training)"), cl::cat(category)),
      trainingKwh("training-kwh", cl::ZeroOrMore, cl::value_desc("KWH"), cl::sub(reporting),
                  cl::desc("Electricity of a training, at the meter"), cl::cat(category)),
      machines("machines", cl::ZeroOrMore, cl::value_desc("N"), cl::sub(reporting),
               cl::desc("Devices kept ready for --requests-per-day"), cl::cat(category)),
      edge("edge", cl::ZeroOrMore, cl::value_desc("TARGET"), cl::sub(compare),
           cl::desc("The device where requests arise"), cl::cat(placing)),
      cloud("cloud", cl::ZeroOrMore, cl::value_desc("TARGET"), cl::sub(compare),
            cl::desc("The device in the data centre"), cl::cat(placing)),
      network("network", cl::ZeroOrMore, cl::value_desc("mobile|fixed|wifi"), cl::init("wifi"),
              cl::sub(compare), cl::desc("Between the two (default wifi)"), cl::cat(placing)),
      payload("payload", cl::ZeroOrMore, cl::value_desc("auto|150kB[,2kB]"), cl::init("auto"),
              cl::sub(compare),
              cl::desc("Bytes sent, and received, as they are encoded "
                       "(default auto: raw tensors)"),
              cl::cat(placing)),
      cloudBatch("cloud-batch", cl::ZeroOrMore, cl::value_desc("N"), cl::init("1"),
                 cl::sub(compare), cl::desc("Requests that the cloud runs at a time (default 1)"),
                 cl::cat(placing)),
      edgeRegion("edge-region", cl::ZeroOrMore, cl::value_desc("REGION"), cl::sub(compare),
                 cl::desc("As --region, of the device and the network"), cl::cat(placing)),
      cloudRegion("cloud-region", cl::ZeroOrMore, cl::value_desc("REGION"), cl::sub(compare),
                  cl::desc("As --region, of the data centre"), cl::cat(placing)),
      uplink("uplink", cl::ZeroOrMore, cl::value_desc("Mbit/s"), cl::sub(compare),
             cl::desc("Rate of sending, if not the network's"), cl::cat(placing)),
      downlink("downlink", cl::ZeroOrMore, cl::value_desc("Mbit/s"), cl::sub(compare),
               cl::desc("Rate of receiving, if not the network's"), cl::cat(placing)),
      roundTrip("round-trip", cl::ZeroOrMore, cl::value_desc("ms"), cl::sub(compare),
                cl::desc("Round trip time, if not the network's"), cl::cat(placing)) {}

} // namespace energyopt
