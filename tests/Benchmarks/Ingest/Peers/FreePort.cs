using System.Net;
using System.Net.Sockets;

namespace SurveillanceRegistry.Benchmarks.Ingest.Peers;

internal static class FreePort
{
    /// <summary>Returns a TCP port on which no program of this machine listens.</summary>
    public static int Find()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
