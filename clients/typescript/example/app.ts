import { io } from "socket.io-client";
import { IndexedStore, Live, Phone, type Emergency, type Tokens } from "hep-client";

export async function openApp(url: string, patientId: string, tokens: Tokens) {
  const store = await IndexedStore.open(`hep ${url} ${patientId}`);
  const onEmergency = ({ text, line }: Emergency) => alert(line === null ? text : `${text} ${line}`);
  const phone = await Phone.open({ url, patientId, tokens, store, onEmergency });
  phone.onChange((tables) => console.log("draw anew:", [...tables].join(", ")));

  // What is pulled is there at once, also without a network.
  const [plan] = await phone.read("plans");
  const prescription = plan?.prescriptions[0];
  const version = prescription?.versions[0];
  if (prescription && version) {
    // Once this has resolved the event is on disk: tell the patient that it is done.
    await phone.record({ prescription_id: prescription.id, version: version.version, kind: "done", pain: 2 });
  }

  const { left, stopped } = await phone.sync();
  if (stopped === "signed_out") console.log(`Sign in again; ${left} events wait on this device.`);

  const live = new Live(phone.chat);
  live.listen(io(url, { transports: ["websocket"], auth: live.auth }));
  window.addEventListener("online", () => phone.hurry());
  return phone;
}
