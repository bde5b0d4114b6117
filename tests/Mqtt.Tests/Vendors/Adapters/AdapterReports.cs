using SurveillanceRegistry.Domain.Devices;
using SurveillanceRegistry.Mqtt.Vendors;

namespace SurveillanceRegistry.Mqtt.Tests.Vendors.Adapters;

/// <summary>Reports that the tests of adapters expect.</summary>
internal static class AdapterReports
{
    public static CaptureReport Unknown => default;

    public static CaptureReport Video(Mode mode) => Unknown.With(Capture.Video, mode);

    /// <summary>The only report of an answer that is not a refusal.</summary>
    public static UnitReport Only(VendorAnswer answer)
    {
        Assert.Null(answer.Refusal);
        return Assert.Single(answer.Reports);
    }
}
