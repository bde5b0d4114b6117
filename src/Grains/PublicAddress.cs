namespace SurveillanceRegistry.Grains;

/// <summary>Where the public finds this registry; what QR codes and signs point to. Known once the front door is open.</summary>
public sealed class PublicAddress(Func<string> url)
{
    /// <summary>An absolute address without a trailing slash.</summary>
    public string Url => url();
}
