namespace SurveillanceRegistry.Mqtt.Publishing.Rejections;

/// <summary>A gateway's publish on a vendor's topic that is over the packet cap: its bytes are dropped as they come.</summary>
/// <param name="Bytes">The length of the whole packet.</param>
/// <param name="PacketId">0 when it needs no acknowledgement.</param>
/// <param name="Topic">Its topic.</param>
/// <param name="Rejection">Why a shorter one would be refused; it decides the acknowledgement.</param>
internal readonly record struct SkippedPublish(int Bytes, ushort PacketId, string Topic, PublishRejection Rejection);
