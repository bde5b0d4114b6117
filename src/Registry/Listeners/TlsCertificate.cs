using System.Net.Security;
using SurveillanceRegistry.Registry.Configuration;

namespace SurveillanceRegistry.Registry.Listeners;

/// <summary>
/// The certificate that the listeners show. A certificate is renewed every few months while the registry runs: its files are looked at
/// again, at most once a second, when a client connects. While they do not belong together the one before is shown. Thread-safe.
/// </summary>
internal sealed class TlsCertificate(TlsFiles files, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private SslStreamCertificateContext _shown = files.Load();
    private (DateTime, long, DateTime, long) _stamp = files.Stamp();
    private long _lookedAt = time.GetTimestamp();

    /// <summary>The certificate of the files as they are now.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                if (time.GetElapsedTime(_lookedAt) >= LookEvery)
                {
                    _lookedAt = time.GetTimestamp();
                    Reload();
                }

                return _shown;
            }
        }
    }

    private void Reload()
    {
        try
        {
            var stamp = files.Stamp();
            if (stamp == _stamp)
                return;
            _shown = files.Load();
            _stamp = stamp;
            logger.LogInformation(
                "A new TLS certificate is shown from now on; it holds until {NotAfter:u}.",
                _shown.TargetCertificate.NotAfter.ToUniversalTime()
            );
        }
        catch (Exception failure)
        {
            // Any reason: one of two files is replaced, perhaps. The next client looks again.
            logger.LogWarning("The TLS certificate changed and cannot be used yet ({Reason}); the one before is shown.", failure.Message);
        }
    }
}
