import { signIn } from './auth';

export const Login = () => (
	<form action={data => void signIn(String(data.get('pin')))}>
		<input name="pin" type="text" />
		<button type="submit">Sign in</button>
	</form>
);
