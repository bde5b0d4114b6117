using SurveillanceRegistry.Domain.Presence;
using SurveillanceRegistry.Mqtt.Publishing;

namespace SurveillanceRegistry.Mqtt.Vendors;

/// <summary>A heartbeat that was read from a vendor's message, and the device that it is about.</summary>
internal readonly record struct VendorHeartbeat(DeviceIngestState Device, Heartbeat Heartbeat);
