namespace SurveillanceRegistry.Mqtt.Tests.Fixtures;

/// <summary>Measures managed memory.</summary>
internal static class ManagedMemory
{
    /// <summary>Returns the growth in MB since an earlier total, after a full collection.</summary>
    public static long GrowthInMegabytes(long before) => (GC.GetTotalMemory(forceFullCollection: true) - before) / 1_000_000;
}
