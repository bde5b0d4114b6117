namespace SurveillanceRegistry.Web.Tests.Access;

/// <summary>
/// Every page and endpoint that the application maps, with its authorization policies. EndpointPolicyTests compares this list with the
/// application: a new endpoint, or a page that lost its policy because it was moved, fails the test until this list is changed and
/// reviewed.
/// </summary>
/// <remarks>
/// One line each: the method (PAGE for a Razor page, ANY when the endpoint accepts all methods), the route, and the policies. All policies
/// of a line are required. <see cref="Anonymous"/> means that everyone has access.
/// </remarks>
internal static class EndpointPolicyTable
{
    public const string Anonymous = "anonymous";

    private const string Text = """
        # Staff pages
        PAGE /staff staff
        PAGE /staff/account signed-in
        PAGE /staff/account/mail staff
        PAGE /staff/account/password signed-in
        PAGE /staff/account/second-factor signed-in
        PAGE /staff/accounts administrator + staff
        PAGE /staff/accounts/{id} administrator + staff
        PAGE /staff/audit auditor + staff
        PAGE /staff/audit/security auditor + staff
        PAGE /staff/changes staff
        PAGE /staff/changes/{id:long} staff
        PAGE /staff/changes/{id:long}/why editor + staff
        PAGE /staff/devices staff
        PAGE /staff/devices/new device-clerk + staff
        PAGE /staff/devices/{id} staff
        PAGE /staff/amend/{instrument}/{technology?} editor + staff
        PAGE /staff/change/{instrument}/{version:int}/{technology} editor + staff
        PAGE /staff/edit/{instrument}/{version:int?} editor + staff
        PAGE /staff/edit/{instrument}/{version:int}/{technology} editor + staff
        GET /staff/export.csv staff
        PAGE /staff/gateways staff
        PAGE /staff/gateways/{id} staff
        PAGE /staff/import editor + staff
        PAGE /staff/imports staff
        PAGE /staff/imports/{id} device-clerk + staff
        GET /staff/imports/template.csv staff
        GET /staff/devices.csv staff
        GET /staff/devices.geojson staff
        PAGE /staff/ingest ingest + staff
        GET /staff/ingest/figures ingest
        PAGE /staff/instruments/{id} staff
        PAGE /staff/missing/{code:int} staff
        PAGE /staff/names staff
        PAGE /staff/records staff
        PAGE /staff/not-allowed anonymous
        PAGE /staff/not-let-in/{why} anonymous
        PAGE /staff/city staff
        PAGE /staff/departments staff
        PAGE /staff/departments/new editor + staff
        PAGE /staff/departments/{id} staff
        PAGE /staff/technologies staff
        PAGE /staff/technologies/new editor + staff
        PAGE /staff/technologies/{id} staff
        PAGE /staff/wording staff
        PAGE /staff/wording/{language} staff
        PAGE /staff/wording/{language}/{chapter} staff
        PAGE /staff/fleets staff
        PAGE /staff/fleets/new device-clerk + staff
        PAGE /staff/fleets/{id} staff
        PAGE /staff/places staff
        PAGE /staff/places/new device-clerk + staff
        PAGE /staff/places/{id} staff
        PAGE /staff/review staff
        PAGE /staff/screens/new device-clerk + staff
        PAGE /staff/screens/{id} staff
        PAGE /staff/first/{token} anonymous
        PAGE /staff/stop-mail/{token} anonymous
        PAGE /staff/search staff
        PAGE /staff/sign-in anonymous
        PAGE /staff/sign-in/code anonymous
        PAGE /staff/sign-out signed-in
        PAGE /staff/table staff
        PAGE /staff/tokens administrator + staff
        PAGE /staff/webhooks administrator + staff

        # API that needs a token
        GET /api/v1/audit/readings auditor
        GET /api/v1/audit/security auditor
        GET /api/v1/changes staff
        POST /api/v1/changes editor
        POST /api/v1/changes/from-file editor
        GET /api/v1/changes/{id:long} staff
        PUT /api/v1/changes/{id:long} editor
        POST /api/v1/changes/{id:long}/approve approver
        POST /api/v1/changes/{id:long}/reject approver
        POST /api/v1/changes/{id:long}/reopen editor
        POST /api/v1/changes/{id:long}/submit editor
        POST /api/v1/changes/{id:long}/withdraw editor
        POST /api/v1/devices device-clerk
        PATCH /api/v1/devices/{id} device-clerk
        GET /api/v1/devices/{id}/acts staff
        GET /api/v1/devices/{id}/credentials device-clerk
        POST /api/v1/devices/{id}/credentials device-clerk
        POST /api/v1/devices/{id}/credentials/{number:long}/end device-clerk
        POST /api/v1/devices/{id}/confirm-absence absence-confirmer
        POST /api/v1/devices/{id}/forget-epoch device-clerk
        GET /api/v1/withdrawals staff
        GET /api/v1/holds staff
        POST /api/v1/holds records-officer
        POST /api/v1/names device-clerk
        GET /api/v1/imports staff
        POST /api/v1/imports device-clerk
        GET /api/v1/imports/{id} device-clerk
        PATCH /api/v1/imports/{id} device-clerk
        POST /api/v1/imports/{id}/commit device-clerk
        POST /api/v1/imports/{id}/undo device-clerk
        GET /api/v1/gateways staff
        POST /api/v1/gateways device-clerk
        GET /api/v1/gateways/{id} staff
        PATCH /api/v1/gateways/{id} device-clerk
        GET /api/v1/gateways/{id}/history staff
        GET /api/v1/gateways/{id}/credentials device-clerk
        POST /api/v1/gateways/{id}/credentials device-clerk
        POST /api/v1/gateways/{id}/credentials/{number:long}/end device-clerk
        POST /api/v1/fleets device-clerk
        PATCH /api/v1/fleets/{id} device-clerk
        POST /api/v1/kiosks device-clerk
        PATCH /api/v1/kiosks/{id} device-clerk
        POST /api/v1/places device-clerk
        PATCH /api/v1/places/{id} device-clerk

        # Public API
        POST /api/v1/claims anonymous
        GET /api/v1/devices anonymous
        GET /api/v1/devices/{id} anonymous
        GET /api/v1/devices/{id}/availability anonymous
        GET /api/v1/devices/{id}/history anonymous
        GET /api/v1/documents/{kind}/{id} anonymous
        GET /api/v1/departments anonymous
        GET /api/v1/departments/{id} anonymous
        GET /api/v1/departments/{id}/history anonymous
        GET /api/v1/fleets anonymous
        GET /api/v1/fleets/{id} anonymous
        GET /api/v1/fleets/{id}/history anonymous
        GET /api/v1/governance anonymous
        GET /api/v1/governance.csv anonymous
        GET /api/v1/ingest anonymous
        GET /api/v1/instruments anonymous
        GET /api/v1/instruments/{id} anonymous
        GET /api/v1/instruments/{id}/history anonymous
        GET /api/v1/kiosks anonymous
        GET /api/v1/kiosks/{id} anonymous
        GET /api/v1/kiosks/{id}/history anonymous
        GET /api/v1/log/checkpoint anonymous
        GET /api/v1/log/entries/{index:long} anonymous
        GET /api/v1/log/key anonymous
        GET /api/v1/log/proof anonymous
        GET /api/v1/log/tile/{**address} anonymous
        GET /api/v1/names anonymous
        GET /api/v1/places anonymous
        GET /api/v1/places/{id} anonymous
        GET /api/v1/places/{id}/history anonymous
        GET /api/v1/places/{id}/notice anonymous
        GET /api/v1/search anonymous
        GET /api/v1/technologies anonymous
        GET /api/v1/technologies/{id} anonymous
        GET /api/v1/technologies/{id}/history anonymous
        GET /api/v1/wordings anonymous
        GET /api/v1/wordings/{id} anonymous
        GET /api/v1/wordings/{id}/history anonymous

        # Public pages
        PAGE / anonymous
        PAGE /api anonymous
        PAGE /changes anonymous
        PAGE /devices/{id} anonymous
        PAGE /fleets/{id} anonymous
        PAGE /fleets/{id}/history anonymous
        PAGE /governance anonymous
        PAGE /instruments/{id} anonymous
        PAGE /kiosks/{id} anonymous
        PAGE /missing/{code:int} anonymous
        PAGE /places anonymous
        PAGE /places/{id} anonymous
        PAGE /places/{id}/history anonymous
        PAGE /search anonymous
        PAGE /technologies/{id} anonymous

        # Public files, kiosks and health
        GET /.well-known/jwks.json anonymous
        GET /assets/{version}/{name} anonymous
        GET /changes.atom anonymous
        GET /changes.json anonymous
        GET /health/live anonymous
        GET /health/ready anonymous
        GET /kiosks/{id}/changes anonymous
        GET /kiosks/{id}/confirmation anonymous
        GET /kiosks/{id}/notice anonymous
        GET /kiosks/{id}/qr.svg anonymous
        GET /openapi/v1.json anonymous
        GET /version anonymous
        """;

    public static readonly string[] Lines = [.. Text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))];
}
