using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using QRCoder;
using SurveillanceRegistry.Domain.Places;
using SurveillanceRegistry.Grains;
using SurveillanceRegistry.Web.Http;

namespace SurveillanceRegistry.Web.Kiosks;

/// <summary>
/// The QR code of a screen, which opens the page of its place. It has a quiet zone of four modules, and medium error correction, which is
/// enough on a screen.
/// </summary>
internal static class QrCode
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(
            "/kiosks/{id}/qr.svg",
            async (string id, IPlaceRegister places, PublicAddress address, CancellationToken cancellationToken) =>
                (await places.KiosksAsync(cancellationToken)).FirstOrDefault(kiosk => kiosk.Id == id) is { } kiosk
                    ? Results.Text(Draw($"{address.Url}/places/{kiosk.Place}"), "image/svg+xml")
                    : Problem.NotFound($"No kiosk '{id}' is registered.")
        );

    /// <summary>The text color of the stylesheets: a contrast of 16:1 on white.</summary>
    private const string Ink = "#0d211c";

    private static string Draw(string url)
    {
        using var code = QRCodeGenerator.GenerateQrCode(url, QRCodeGenerator.ECCLevel.M);
        using var svg = new SvgQRCode(code);
        return svg.GetGraphic(
            new System.Drawing.Size(200, 200),
            Ink,
            "#ffffff",
            drawQuietZones: true,
            SvgQRCode.SizingMode.ViewBoxAttribute
        );
    }
}
