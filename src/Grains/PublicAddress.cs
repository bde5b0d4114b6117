namespace SurveillanceRegistry.Grains;

/// <summary>The address of this registry for the public, as in QR codes and on signs. Known once the listeners are open.</summary>
public sealed class PublicAddress(Func<string> url)
{
    /// <summary>An absolute address without a trailing slash.</summary>
    public string Url => url();
}
